# Max batch on several replicas and on one. Redraw it with: gnuplot nodes.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'nodes.tsv'
picture = 'nodes'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,410 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,820 noenhanced \
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
set lmargin at screen 0.19330
set rmargin at screen 0.81205
set tmargin at screen 0.78537
set bmargin at screen 0.14146
set label 1 'Max batch on several replicas and on one' at screen 0.02273,0.94634 left font ",17" textcolor rgb "#111111"
set label 2 'right: on how many replicas · 1 step per session · 3 repetitions · 2 runs' at screen 0.02273,0.89268 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.82927 point pt 5 ps 1.3 lw 1.6 lc rgb "#0072B2"
set label 103 'one replica' at screen 0.07045,0.82927 left textcolor rgb "#1a1a1a"
set label 102 "" at screen 0.24068,0.82927 point pt 5 ps 1.3 lw 1.6 lc rgb "#D55E00"
set label 104 'several replicas' at screen 0.26909,0.82927 left textcolor rgb "#1a1a1a"
set yrange [264.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set xrange [0:798.720000]
set xtics nomirror ("0" 0, "100" 100, "200" 200, "300" 300, "400" 400, "500" 500, "600" 600, "700" 700)
set label 3 'max batch (sessions at ≥ 95 % success)' at screen 0.50267,0.03902 center textcolor rgb "#333333"
set label 1001 'ws, wait 0.5 s' at screen 0.02273,0.74390 left textcolor rgb "#1a1a1a"
set label 1002 'openenv-uvicorn-2' at screen 0.17966,0.68537 right textcolor rgb "#333333"
set label 1003 '384 on 1' at screen 0.82341,0.68537 left textcolor rgb "#1a1a1a"
set label 1004 'bundled-1' at screen 0.17966,0.62683 right textcolor rgb "#333333"
set label 1005 '384 on 1' at screen 0.82341,0.62683 left textcolor rgb "#1a1a1a"
set label 1006 'bundled-2' at screen 0.17966,0.56829 right textcolor rgb "#333333"
set label 1007 '768 on 1' at screen 0.82341,0.56829 left textcolor rgb "#1a1a1a"
set label 1008 'url-x2' at screen 0.17966,0.50976 right textcolor rgb "#333333"
set label 1009 '768 on 2, 384 each' at screen 0.82341,0.50976 left textcolor rgb "#1a1a1a"
set arrow 1010 from screen 0.02273,0.46341 to screen 0.97727,0.46341 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1011 'ws, wait 1 s' at screen 0.02273,0.42195 left textcolor rgb "#1a1a1a"
set label 1012 'openenv-uvicorn-2' at screen 0.17966,0.36341 right textcolor rgb "#333333"
set label 1013 '384 on 1' at screen 0.82341,0.36341 left textcolor rgb "#1a1a1a"
set label 1014 'bundled-1' at screen 0.17966,0.30488 right textcolor rgb "#333333"
set label 1015 '384 on 1' at screen 0.82341,0.30488 left textcolor rgb "#1a1a1a"
set label 1016 'bundled-2' at screen 0.17966,0.24634 right textcolor rgb "#333333"
set label 1017 '768 on 1' at screen 0.82341,0.24634 left textcolor rgb "#1a1a1a"
set label 1018 'url-x2' at screen 0.17966,0.18780 right textcolor rgb "#333333"
set label 1019 '768 on 2, 384 each' at screen 0.82341,0.18780 left textcolor rgb "#1a1a1a"
plot table index 0 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#0072B2" notitle, \
    table index 1 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#D55E00" notitle
unset multiplot
unset output
}
