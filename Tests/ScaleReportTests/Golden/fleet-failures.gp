# Failed sessions by kind and batch size. Redraw it with: gnuplot failures.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'failures.tsv'
picture = 'failures'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,380 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,760 noenhanced \
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
set label 1 'Failed sessions by kind and batch size' at screen 0.02273,0.94211 left font ",17" textcolor rgb "#111111"
set label 2 '1 step per session · on ci-8core · 2 runs' at screen 0.02273,0.88421 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.81579 point pt 5 ps 1.3 lw 1.6 lc rgb "#0072B2"
set label 108 'capacity_reached' at screen 0.07045,0.81579 left textcolor rgb "#1a1a1a"
set label 102 "" at screen 0.25727,0.81579 point pt 5 ps 1.3 lw 1.6 lc rgb "#D55E00"
set label 109 'timeout' at screen 0.28568,0.81579 left textcolor rgb "#1a1a1a"
set label 103 "" at screen 0.47250,0.81579 point pt 5 ps 1.3 lw 1.6 lc rgb "#009E73"
set label 110 'gateway' at screen 0.50091,0.81579 left textcolor rgb "#1a1a1a"
set label 104 "" at screen 0.68773,0.81579 point pt 5 ps 1.3 lw 1.6 lc rgb "#CC79A7"
set label 111 'closed_mid_session' at screen 0.71614,0.81579 left textcolor rgb "#1a1a1a"
set label 105 "" at screen 0.04205,0.76316 point pt 5 ps 1.3 lw 1.6 lc rgb "#E69F00"
set label 112 'execution' at screen 0.07045,0.76316 left textcolor rgb "#1a1a1a"
set label 106 "" at screen 0.25727,0.76316 point pt 5 ps 1.3 lw 1.6 lc rgb "#56B4E9"
set label 113 'refused' at screen 0.28568,0.76316 left textcolor rgb "#1a1a1a"
set label 107 "" at screen 0.47250,0.76316 point pt 5 ps 1.3 lw 1.6 lc rgb "#9a9a9a"
set label 114 'other kinds' at screen 0.50091,0.76316 left textcolor rgb "#1a1a1a"
set label 3 'batch size N (sessions offered at once)' at screen 0.52841,0.04737 center textcolor rgb "#333333"
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.65263
set bmargin at screen 0.17895
set label 4 'local-2x40, ws, wait 1 s' at screen 0.08409,0.68947 left textcolor rgb "#1a1a1a"
set label 5 'failed (% of sessions)' at screen 0.02500,0.41579 center rotate by 90 textcolor rgb "#333333"
set xtics ("16" 0, "64" 1, "128" 2, "256" 3)
set xrange [-0.6:3.6]
set yrange [0:42.000000]
set ytics nomirror ("0" 0, "10" 10, "20" 20, "30" 30, "40" 40)
set label 2004 'invalid' at first 3, graph 0.03 left rotate by 90 textcolor rgb "#5a5a5a"
plot table index 0 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle, \
    table index 0 using 1:($3):($1-0.36):($1+0.36):($3):($3+$4) with boxxyerror lc rgb "#D55E00" notitle, \
    table index 0 using 1:($3+$4):($1-0.36):($1+0.36):($3+$4):($3+$4+$5) with boxxyerror lc rgb "#009E73" notitle, \
    table index 0 using 1:($3+$4+$5):($1-0.36):($1+0.36):($3+$4+$5):($3+$4+$5+$6) with boxxyerror lc rgb "#CC79A7" notitle, \
    table index 0 using 1:($3+$4+$5+$6):($1-0.36):($1+0.36):($3+$4+$5+$6):($3+$4+$5+$6+$7) with boxxyerror lc rgb "#E69F00" notitle, \
    table index 0 using 1:($3+$4+$5+$6+$7):($1-0.36):($1+0.36):($3+$4+$5+$6+$7):($3+$4+$5+$6+$7+$8) with boxxyerror lc rgb "#56B4E9" notitle, \
    table index 0 using 1:($3+$4+$5+$6+$7+$8):($1-0.36):($1+0.36):($3+$4+$5+$6+$7+$8):($3+$4+$5+$6+$7+$8+$9) with boxxyerror lc rgb "#9a9a9a" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.65263
set bmargin at screen 0.17895
set label 4 'docker-haproxy-four-replicas-on-…me, ws, wait 1 s' at screen 0.56250,0.68947 left textcolor rgb "#1a1a1a"
set xtics ("64" 0, "256" 1, "1,024" 2, "16,384" 3)
set xrange [-0.6:3.6]
set yrange [0:42.000000]
set ytics nomirror ("0" 0, "10" 10, "20" 20, "30" 30, "40" 40)
plot table index 1 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle, \
    table index 1 using 1:($3):($1-0.36):($1+0.36):($3):($3+$4) with boxxyerror lc rgb "#D55E00" notitle, \
    table index 1 using 1:($3+$4):($1-0.36):($1+0.36):($3+$4):($3+$4+$5) with boxxyerror lc rgb "#009E73" notitle, \
    table index 1 using 1:($3+$4+$5):($1-0.36):($1+0.36):($3+$4+$5):($3+$4+$5+$6) with boxxyerror lc rgb "#CC79A7" notitle, \
    table index 1 using 1:($3+$4+$5+$6):($1-0.36):($1+0.36):($3+$4+$5+$6):($3+$4+$5+$6+$7) with boxxyerror lc rgb "#E69F00" notitle, \
    table index 1 using 1:($3+$4+$5+$6+$7):($1-0.36):($1+0.36):($3+$4+$5+$6+$7):($3+$4+$5+$6+$7+$8) with boxxyerror lc rgb "#56B4E9" notitle, \
    table index 1 using 1:($3+$4+$5+$6+$7+$8):($1-0.36):($1+0.36):($3+$4+$5+$6+$7+$8):($3+$4+$5+$6+$7+$8+$9) with boxxyerror lc rgb "#9a9a9a" notitle
unset multiplot
unset output
}
