# Max batch on several replicas and on one. Redraw it with: gnuplot nodes.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'nodes.tsv'
picture = 'nodes'
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
set lmargin at screen 0.33432
set rmargin at screen 0.79545
set tmargin at screen 0.61739
set bmargin at screen 0.25217
set label 1 'Max batch on several replicas and on one' at screen 0.02273,0.90435 left font ",17" textcolor rgb "#111111"
set label 2 'right: on how many replicas · 1 step per session · on ci-8core · 2 runs' at screen 0.02273,0.80870 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.69565 point pt 5 ps 1.3 lw 1.6 lc rgb "#0072B2"
set label 103 'one replica' at screen 0.07045,0.69565 left textcolor rgb "#1a1a1a"
set label 102 "" at screen 0.24068,0.69565 point pt 5 ps 1.3 lw 1.6 lc rgb "#D55E00"
set label 104 'several replicas' at screen 0.26909,0.69565 left textcolor rgb "#1a1a1a"
set yrange [84.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set xrange [0:1064.960000]
set xtics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800, "1,000" 1000)
set label 3 'max batch (sessions at ≥ 95 % success)' at screen 0.56489,0.06957 center textcolor rgb "#333333"
set label 1001 'ws, wait 1 s' at screen 0.02273,0.54348 left textcolor rgb "#1a1a1a"
set label 1002 'local-2x40' at screen 0.32068,0.43913 right textcolor rgb "#333333"
set label 1003 '64 on 1' at screen 0.80682,0.43913 left textcolor rgb "#1a1a1a"
set label 1004 'docker-haproxy-four-re…y-long-name' at screen 0.32068,0.33478 right textcolor rgb "#333333"
set label 1005 '1,024 on 4, 256 each' at screen 0.80682,0.33478 left textcolor rgb "#1a1a1a"
plot table index 0 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#0072B2" notitle, \
    table index 1 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#D55E00" notitle
unset multiplot
unset output
}
