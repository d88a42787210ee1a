# Change from A to B, pair by pair. Redraw it with: gnuplot gate-pairs.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'gate-pairs.tsv'
picture = 'gate-pairs'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,392 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,784 noenhanced \
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
set label 1 'Change from A to B, pair by pair' at screen 0.02273,0.94388 left font ",17" textcolor rgb "#111111"
set label 2 'B: local:workers=1,fault=slowdown=10% · A: local:workers=1' at screen 0.02273,0.88776 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.82143 point pt 7 ps 0.9 lw 1.6 lc rgb "#0072B2"
set label 106 'A was measured first' at screen 0.07045,0.82143 left textcolor rgb "#1a1a1a"
set label 102 "" at screen 0.32364,0.82143 point pt 11 ps 1.0 lw 1.6 lc rgb "#E69F00"
set label 107 'B was measured first' at screen 0.35205,0.82143 left textcolor rgb "#1a1a1a"
set label 103 "" at screen 0.60523,0.82143 point pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a"
set label 108 'void' at screen 0.63364,0.82143 left textcolor rgb "#1a1a1a"
set label 104 "" at screen 0.04205,0.77041 point pt 5 ps 1.3 lw 1.6 lc rgb "#d9e8f3"
set label 109 'estimate with its interval' at screen 0.07045,0.77041 left textcolor rgb "#1a1a1a"
set label 105 "" at screen 0.32364,0.77041 point pt 5 ps 1.3 lw 1.6 lc rgb "#fbe3d6"
set label 110 'worse by enough to count' at screen 0.35205,0.77041 left textcolor rgb "#1a1a1a"
set label 3 'pairs, in the order they were measured' at screen 0.52955,0.04082 center textcolor rgb "#333333"
set lmargin at screen 0.08636
set rmargin at screen 0.97273
set tmargin at screen 0.65306
set bmargin at screen 0.16837
set label 4 'steps_per_second, ws, N 64, wait 0.01 s, 20 steps' at screen 0.08636,0.68878 left textcolor rgb "#1a1a1a"
set label 5 'change (%)' at screen 0.02500,0.41071 center rotate by 90 textcolor rgb "#333333"
set xrange [0.4:12.6]
set yrange [-14.9500:14.9500]
set ytics autofreq
set xtics nomirror ("1" 1, "2" 2, "3" 3, "4" 4, "5" 5, "6" 6, "7" 7, "8" 8, "9" 9, "10" 10, "11" 11, "12" 12)
set object 1 rectangle from graph 0, first -14.9500 to graph 1, first -5.0000 behind fillstyle solid 1 noborder fillcolor rgb "#fbe3d6"
set arrow 1 from graph 0, first 0 to graph 1, first 0 nohead lw 1.4 lc rgb "#333333" back
set object 2 rectangle from graph 0, first -11.4000 to graph 1, first -8.1000 behind fillstyle solid 1 noborder fillcolor rgb "#d9e8f3"
set arrow 2 from graph 0, first -9.8000 to graph 1, first -9.8000 nohead lw 1.6 lc rgb "#0072B2" back
set arrow 16 from first 6.5, graph 0 to first 6.5, graph 1 nohead dt 2 lw 1.2 lc rgb "#7a7a7a"
set label 16 ' round 2' at first 6.5, graph 0.94 left textcolor rgb "#5a5a5a"
plot table index 0 using 1:2 with points pt 7 ps 0.9 lw 1.6 lc rgb "#0072B2" notitle, \
    table index 1 using 1:2 with points pt 11 ps 1.0 lw 1.6 lc rgb "#E69F00" notitle, \
    table index 2 using 1:2 with points pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a" notitle
unset multiplot
unset output
}
