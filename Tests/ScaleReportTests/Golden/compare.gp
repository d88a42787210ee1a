# Changes against main|1. Redraw it with: gnuplot compare.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'compare.tsv'
picture = 'compare'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,530 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1060 noenhanced \
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
set rmargin at screen 0.84830
set tmargin at screen 0.83396
set bmargin at screen 0.11698
set label 1 'Changes against main|1' at screen 0.02273,0.95849 left font ",17" textcolor rgb "#111111"
set label 2 '95 % intervals · A: main|1 · B: <new>' at screen 0.02273,0.91698 left textcolor rgb "#5a5a5a"
set arrow 101 from screen 0.02273,0.86792 to screen 0.06136,0.86792 nohead lw 1.8 dt 1 lc rgb "#009E73"
set label 101 "" at screen 0.04205,0.86792 point pt 9 ps 1.1 lw 1.6 lc rgb "#009E73"
set label 104 'better' at screen 0.07045,0.86792 left textcolor rgb "#1a1a1a"
set arrow 102 from screen 0.13841,0.86792 to screen 0.17705,0.86792 nohead lw 1.8 dt 1 lc rgb "#0072B2"
set label 102 "" at screen 0.15773,0.86792 point pt 7 ps 1.0 lw 1.6 lc rgb "#0072B2"
set label 105 'same' at screen 0.18614,0.86792 left textcolor rgb "#1a1a1a"
set arrow 103 from screen 0.25409,0.86792 to screen 0.29273,0.86792 nohead lw 1.8 dt 1 lc rgb "#D55E00"
set label 103 "" at screen 0.27341,0.86792 point pt 5 ps 1.0 lw 1.6 lc rgb "#D55E00"
set label 106 'worse' at screen 0.30182,0.86792 left textcolor rgb "#1a1a1a"
set yrange [380.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set logscale x 2
set xrange [0.590725:1.692834]
set xtics nomirror ("× 1" 1, "× 1.5" 1.5, "÷ 1.5" 0.666667)
set arrow 1 from first 1, graph 0 to first 1, graph 1 nohead lw 1.4 lc rgb "#333333" back
set label 3 'change against A' at screen 0.50983,0.03396 center textcolor rgb "#333333"
set label 1001 'steps_per_second' at screen 0.15773,0.75660 right textcolor rgb "#333333"
set label 1002 '-9.8 %  worse' at screen 0.85966,0.75660 left textcolor rgb "#1a1a1a"
set label 1003 'rps' at screen 0.15773,0.70755 right textcolor rgb "#333333"
set label 1004 '-9.8 %  worse' at screen 0.85966,0.70755 left textcolor rgb "#1a1a1a"
set label 1005 'success' at screen 0.15773,0.65849 right textcolor rgb "#333333"
set label 1006 '0.0 %  same' at screen 0.85966,0.65849 left textcolor rgb "#1a1a1a"
set label 1007 'p50' at screen 0.15773,0.60943 right textcolor rgb "#333333"
set label 1008 '+10.9 %  worse' at screen 0.85966,0.60943 left textcolor rgb "#1a1a1a"
set label 1009 'p95' at screen 0.15773,0.56038 right textcolor rgb "#333333"
set label 1010 '+10.9 %  worse' at screen 0.85966,0.56038 left textcolor rgb "#1a1a1a"
set label 1011 'step_p95' at screen 0.15773,0.51132 right textcolor rgb "#333333"
set label 1012 '+2.0 %  worse' at screen 0.85966,0.51132 left textcolor rgb "#1a1a1a"
set label 1013 'steps_per_second' at screen 0.15773,0.39811 right textcolor rgb "#333333"
set label 1014 '+44.3 %  better' at screen 0.85966,0.39811 left textcolor rgb "#1a1a1a"
set label 1015 'rps' at screen 0.15773,0.34906 right textcolor rgb "#333333"
set label 1016 '+44.3 %  better' at screen 0.85966,0.34906 left textcolor rgb "#1a1a1a"
set label 1017 'success' at screen 0.15773,0.30000 right textcolor rgb "#333333"
set label 1018 '+60.0 %  better' at screen 0.85966,0.30000 left textcolor rgb "#1a1a1a"
set label 1019 'p50' at screen 0.15773,0.25094 right textcolor rgb "#333333"
set label 1020 '+10.9 %  worse' at screen 0.85966,0.25094 left textcolor rgb "#1a1a1a"
set label 1021 'p95' at screen 0.15773,0.20189 right textcolor rgb "#333333"
set label 1022 '+10.9 %  worse' at screen 0.85966,0.20189 left textcolor rgb "#1a1a1a"
set label 1023 'step_p95' at screen 0.15773,0.15283 right textcolor rgb "#333333"
set label 1024 '+2.0 %  worse' at screen 0.85966,0.15283 left textcolor rgb "#1a1a1a"
set label 1025 'ws, N 64, wait 1 s' at screen 0.02273,0.80377 left textcolor rgb "#1a1a1a"
set label 1026 'ws, N 128, wait 1 s' at screen 0.02273,0.44528 left textcolor rgb "#1a1a1a"
plot table index 0 using 3:1:($4-$3):(0) with vectors nohead lw 2.2 lc rgb "#009E73" notitle, \
    table index 0 using 3:($1-5):(0):(10) with vectors nohead lw 2.2 lc rgb "#009E73" notitle, \
    table index 0 using 4:($1-5):(0):(10) with vectors nohead lw 2.2 lc rgb "#009E73" notitle, \
    table index 0 using 2:1 with points pt 9 ps 1.1 lw 1.8 lc rgb "#009E73" notitle, \
    table index 1 using 3:1:($4-$3):(0) with vectors nohead lw 2.2 lc rgb "#0072B2" notitle, \
    table index 1 using 3:($1-5):(0):(10) with vectors nohead lw 2.2 lc rgb "#0072B2" notitle, \
    table index 1 using 4:($1-5):(0):(10) with vectors nohead lw 2.2 lc rgb "#0072B2" notitle, \
    table index 1 using 2:1 with points pt 7 ps 1.0 lw 1.8 lc rgb "#0072B2" notitle, \
    table index 2 using 3:1:($4-$3):(0) with vectors nohead lw 2.2 lc rgb "#D55E00" notitle, \
    table index 2 using 3:($1-5):(0):(10) with vectors nohead lw 2.2 lc rgb "#D55E00" notitle, \
    table index 2 using 4:($1-5):(0):(10) with vectors nohead lw 2.2 lc rgb "#D55E00" notitle, \
    table index 2 using 2:1 with points pt 5 ps 1.0 lw 1.8 lc rgb "#D55E00" notitle
unset multiplot
unset output
}
