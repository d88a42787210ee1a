# Gate: regression. Redraw it with: gnuplot gate.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'gate.tsv'
picture = 'gate'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,236 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,472 noenhanced \
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
set lmargin at screen 0.17136
set rmargin at screen 0.80682
set tmargin at screen 0.62712
set bmargin at screen 0.26271
set label 1 'Gate: regression' at screen 0.02273,0.90678 left font ",17" textcolor rgb "#111111"
set label 2 'B: local:workers=1,fault=slowdown=10% · A: local:workers=1 · 98.2 % intervals' at screen 0.02273,0.81356 left textcolor rgb "#5a5a5a"
set arrow 101 from screen 0.02273,0.70339 to screen 0.06136,0.70339 nohead lw 1.8 dt 1 lc rgb "#D55E00"
set label 101 "" at screen 0.04205,0.70339 point pt 5 ps 1.0 lw 1.6 lc rgb "#D55E00"
set label 104 'worse' at screen 0.07045,0.70339 left textcolor rgb "#1a1a1a"
set arrow 102 from screen 0.28773,0.70339 to screen 0.32636,0.70339 nohead lw 1.8 dt 1 lc rgb "#7a7a7a"
set label 102 "" at screen 0.30705,0.70339 point pt 6 ps 1.1 lw 1.6 lc rgb "#7a7a7a"
set label 105 'not decided' at screen 0.33545,0.70339 left textcolor rgb "#1a1a1a"
set label 103 "" at screen 0.57205,0.70339 point pt 5 ps 1.3 lw 1.6 lc rgb "#fbe3d6"
set label 106 'worse by enough to count' at screen 0.60045,0.70339 left textcolor rgb "#1a1a1a"
set yrange [86.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set logscale x 2
set xrange [0.873224:1.145181]
set xtics nomirror ("0 %%" 1, "+5 %%" 1.05000, "-5 %%" 0.95000, "+10 %%" 1.10000, "-10 %%" 0.90000)
set arrow 1 from first 1, graph 0 to first 1, graph 1 nohead lw 1.4 lc rgb "#333333" back
set label 3 'change (B ÷ A)' at screen 0.48909,0.07627 center textcolor rgb "#333333"
set label 1001 'steps_per_second' at screen 0.15773,0.45339 right textcolor rgb "#333333"
set label 1002 '-9.8 %  regression' at screen 0.81818,0.45339 left textcolor rgb "#1a1a1a"
set label 1003 'step_p95' at screen 0.15773,0.34322 right textcolor rgb "#333333"
set label 1004 '+4.0 %  inconclusive' at screen 0.81818,0.34322 left textcolor rgb "#1a1a1a"
set label 1005 'ws, N 64, wait 0.01 s, 20 steps' at screen 0.02273,0.55932 left textcolor rgb "#1a1a1a"
plot table index 2 using 2:1:($2<1?0.873224:$2):($2<1?$2:1.145181):($1-11):($1+11) with boxxyerror fs solid 1 lc rgb "#fbe3d6" notitle, \
    table index 0 using 3:1:($4-$3):(0) with vectors nohead lw 2.2 lc rgb "#D55E00" notitle, \
    table index 0 using 3:($1-5):(0):(10) with vectors nohead lw 2.2 lc rgb "#D55E00" notitle, \
    table index 0 using 4:($1-5):(0):(10) with vectors nohead lw 2.2 lc rgb "#D55E00" notitle, \
    table index 0 using 2:1 with points pt 5 ps 1.0 lw 1.8 lc rgb "#D55E00" notitle, \
    table index 1 using 3:1:($4-$3):(0) with vectors nohead lw 2.2 lc rgb "#7a7a7a" notitle, \
    table index 1 using 3:($1-5):(0):(10) with vectors nohead lw 2.2 lc rgb "#7a7a7a" notitle, \
    table index 1 using 4:($1-5):(0):(10) with vectors nohead lw 2.2 lc rgb "#7a7a7a" notitle, \
    table index 1 using 2:1 with points pt 6 ps 1.1 lw 1.8 lc rgb "#7a7a7a" notitle
unset multiplot
unset output
}
