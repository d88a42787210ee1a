# Max batch per core the servers may use. Redraw it with: gnuplot batch-per-core.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'batch-per-core.tsv'
picture = 'batch-per-core'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,210 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,420 noenhanced \
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
set rmargin at screen 0.73739
set tmargin at screen 0.67619
set bmargin at screen 0.27619
set label 1 'Max batch per core the servers may use' at screen 0.02273,0.89524 left font ",17" textcolor rgb "#111111"
set label 2 'right: cores, workers × session cap · 1 step per session · 3 repetitions · run 263044d9' at screen 0.02273,0.79048 left textcolor rgb "#5a5a5a"
set yrange [84.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set xrange [0:1064.960000]
set xtics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800, "1,000" 1000)
set label 3 'max batch per core (sessions/core)' at screen 0.44460,0.07619 center textcolor rgb "#333333"
set label 1001 'local-w2-c1000' at screen 0.02273,0.59524 left textcolor rgb "#1a1a1a"
set label 1002 'ws, wait 1 s' at screen 0.13818,0.48095 right textcolor rgb "#333333"
set label 1003 '1,024 on 2 cores, 2 × 1,000' at screen 0.74875,0.48095 left textcolor rgb "#1a1a1a"
set label 1004 'ws, wait 2 s' at screen 0.13818,0.36667 right textcolor rgb "#333333"
set label 1005 '1,024 on 2 cores, 2 × 1,000' at screen 0.74875,0.36667 left textcolor rgb "#1a1a1a"
plot table index 0 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#0072B2" notitle, \
    table index 1 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#D55E00" notitle
unset multiplot
unset output
}
