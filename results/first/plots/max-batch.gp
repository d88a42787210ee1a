# Max batch by infrastructure and wait. Redraw it with: gnuplot max-batch.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'max-batch.tsv'
picture = 'max-batch'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,230 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,460 noenhanced \
        font "sans,10" fontscale 2 linewidth 2 pointscale 2 background "#ffffff"
}
set output picture.".".kind
set multiplot
unset label
unset arrow
unset key
unset colorbox
set border 3 lw 1 lc rgb "#5a5a5a"
set grid xtics ytics lt 1 lw 0.6 lc rgb "#e2e2e2"
set tics nomirror scale 0.5 textcolor rgb "#333333"
set errorbars 0
set style fill solid 1 noborder
set lmargin at screen 0.15182
set rmargin at screen 0.84523
set tmargin at screen 0.61739
set bmargin at screen 0.25217
set label 1 'Max batch by infrastructure and wait' at screen 0.02273,0.90435 left font ",17" textcolor rgb "#111111"
set label 2 '1 step per session · 3 repetitions · run 263044d9' at screen 0.02273,0.80870 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.69565 point pt 7 ps 0.9 lw 1.6 lc rgb "#333333"
set label 103 'largest batch that passes' at screen 0.07045,0.69565 left textcolor rgb "#1a1a1a"
set label 102 "" at screen 0.31534,0.69565 point pt 2 ps 0.8 lw 1.6 lc rgb "#333333"
set label 104 'smallest that fails' at screen 0.34375,0.69565 left textcolor rgb "#1a1a1a"
set yrange [84.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set xrange [0:3440.640000]
set xtics nomirror ("0" 0, "500" 500, "1,000" 1000, "1,500" 1500, "2,000" 2000, "2,500" 2500, "3,000" 3000)
set label 3 'max batch (sessions at ≥ 95 % success)' at screen 0.49852,0.06957 center textcolor rgb "#333333"
set label 1001 'local-w2-c1000' at screen 0.02273,0.54348 left textcolor rgb "#1a1a1a"
set label 1002 'ws, wait 1 s' at screen 0.13818,0.43913 right textcolor rgb "#333333"
set label 1003 '[2,048, 3,072)' at screen 0.85659,0.43913 left textcolor rgb "#1a1a1a"
set label 1004 'ws, wait 2 s' at screen 0.13818,0.33478 right textcolor rgb "#333333"
set label 1005 '[2,048, 3,072)' at screen 0.85659,0.33478 left textcolor rgb "#1a1a1a"
plot table index 0 using 2:1:($3-$2):(0) with vectors nohead lw 5 lc rgb "#400072B2" notitle, \
    table index 0 using 3:1 with points pt 2 ps 0.8 lw 1.8 lc rgb "#0072B2" notitle, \
    table index 0 using 2:1 with points pt 7 ps 0.9 lc rgb "#0072B2" notitle, \
    table index 1 using 2:1:($3-$2):(0) with vectors nohead lw 5 lc rgb "#40D55E00" notitle, \
    table index 1 using 3:1 with points pt 2 ps 0.8 lw 1.8 lc rgb "#D55E00" notitle, \
    table index 1 using 2:1 with points pt 5 ps 0.8 lc rgb "#D55E00" notitle
unset multiplot
unset output
}
