# Throughput by batch size, and the scaling law fitted to it. Redraw it with: gnuplot scalability-2.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'scalability-2.tsv'
picture = 'scalability-2'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,936 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1872 noenhanced \
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
set label 1 'Throughput by batch size, and the scaling law fitted to it' at screen 0.02273,0.97650 left font ",17" textcolor rgb "#111111"
set label 2 'picture 2 of 3 · 1 step per session · 3 repetitions · 2 runs' at screen 0.02273,0.95299 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.92521 point pt 7 ps 0.6 lw 1.6 lc rgb "#333333"
set label 105 'cell (one repetition)' at screen 0.07045,0.92521 left textcolor rgb "#1a1a1a"
set arrow 102 from screen 0.39557,0.92521 to screen 0.43420,0.92521 nohead lw 1.8 dt 1 lc rgb "#0072B2"
set label 102 "" at screen 0.41489,0.92521 point pt 0 ps 0 lw 1.6 lc rgb "#0072B2"
set label 106 'USL, 95 % band' at screen 0.44330,0.92521 left textcolor rgb "#1a1a1a"
set arrow 103 from screen 0.02273,0.90385 to screen 0.06136,0.90385 nohead lw 1.8 dt 2 lc rgb "#D55E00"
set label 103 "" at screen 0.04205,0.90385 point pt 0 ps 0 lw 1.6 lc rgb "#D55E00"
set label 107 'Amdahl, 95 % band' at screen 0.07045,0.90385 left textcolor rgb "#1a1a1a"
set label 104 "" at screen 0.41489,0.90385 point pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a"
set label 108 'not fitted: invalid or < 95 % success' at screen 0.44330,0.90385 left textcolor rgb "#1a1a1a"
set label 3 'batch size N (sessions offered at once)' at screen 0.52841,0.01923 center textcolor rgb "#333333"
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.73718
set bmargin at screen 0.50214
set label 4 'bundled-1, ws, wait 0.5 s' at screen 0.03864,0.87393 left textcolor rgb "#1a1a1a"
set label 20 'USL: γ 1.98 [1.96, 1.99] sessions/s, R² > 0.999' at screen 0.03864,0.84936 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 3.84e-5 [0, 1.14e-4]' at screen 0.03864,0.83013 left textcolor rgb "#5a5a5a"
set label 22 '   coherency β 1.63e-7 [0, 3.19e-7]' at screen 0.03864,0.81090 left textcolor rgb "#5a5a5a"
set label 23 '   peak N* 2,480 [1,771, open], extrapolated' at screen 0.03864,0.79167 left textcolor rgb "#5a5a5a"
set label 24 'Amdahl: γ 1.99 [1.97, 2.02] sessions/s, R² > 0.999' at screen 0.03864,0.77244 left textcolor rgb "#5a5a5a"
set label 25 '   contention α 1.27e-4 [7.61e-5, 1.70e-4]' at screen 0.03864,0.75321 left textcolor rgb "#5a5a5a"
set label 5 'throughput (sessions/s)' at screen 0.01591,0.61966 center rotate by 90 textcolor rgb "#333333"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "128" 128, "256" 256, "384" 384, "" 512, "640" 640, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:811.831109]
set ytics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800)
plot table index 1 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 1 using 1:3:4 with filledcurves lc rgb "#0072B2" fs transparent solid 0.16 noborder notitle, \
    table index 1 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 1 using 1:2 with lines lw 1.8 dt 1 lc rgb "#0072B2" notitle, \
    table index 0 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle, \
    table index 0 using 1:($3==0?$2:NaN) with points pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.73718
set bmargin at screen 0.50214
set label 4 'bundled-1, ws, wait 1 s' at screen 0.51705,0.87393 left textcolor rgb "#1a1a1a"
set label 20 'Amdahl: γ 0.998 [0.992, 1.00] sessions/s, R² > 0.999' at screen 0.51705,0.84936 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 6.63e-5 [4.06e-5, 9.31e-5]' at screen 0.51705,0.83013 left textcolor rgb "#5a5a5a"
set label 22 'no USL: the coherency term is at its bound of 0: within' at screen 0.51705,0.81090 left textcolor rgb "#5a5a5a"
set label 23 '   the N measured Amdahl''s law says all there is' at screen 0.51705,0.79167 left textcolor rgb "#5a5a5a"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "128" 128, "256" 256, "384" 384, "" 512, "640" 640, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:414.272233]
set ytics nomirror ("0" 0, "100" 100, "200" 200, "300" 300, "400" 400)
plot table index 3 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 3 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 2 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle, \
    table index 2 using 1:($3==0?$2:NaN) with points pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a" notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.30983
set bmargin at screen 0.07479
set label 4 'bundled-1, http, wait 0.5 s' at screen 0.03864,0.44658 left textcolor rgb "#1a1a1a"
set label 20 'USL: γ 1.99 [1.95, 2.01] sessions/s, R² 0.999' at screen 0.03864,0.42201 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 8.46e-5 [0, 1.21e-4]' at screen 0.03864,0.40278 left textcolor rgb "#5a5a5a"
set label 22 '   coherency β 2.28e-8 [0, 1.26e-7]' at screen 0.03864,0.38355 left textcolor rgb "#5a5a5a"
set label 23 '   peak N* 6,625 [2,800, open], extrapolated' at screen 0.03864,0.36432 left textcolor rgb "#5a5a5a"
set label 24 'Amdahl: γ 2.01 [1.95, 2.07] sessions/s, R² 0.999' at screen 0.03864,0.34509 left textcolor rgb "#5a5a5a"
set label 25 '   contention α 1.18e-4 [6.46e-5, 1.76e-4]' at screen 0.03864,0.32585 left textcolor rgb "#5a5a5a"
set label 5 'throughput (sessions/s)' at screen 0.01591,0.19231 center rotate by 90 textcolor rgb "#333333"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "128" 128, "256" 256, "384" 384, "" 512, "640" 640, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:2003.047994]
set ytics nomirror ("0" 0, "500" 500, "1,000" 1000, "1,500" 1500, "2,000" 2000)
plot table index 5 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 5 using 1:3:4 with filledcurves lc rgb "#0072B2" fs transparent solid 0.16 noborder notitle, \
    table index 5 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 5 using 1:2 with lines lw 1.8 dt 1 lc rgb "#0072B2" notitle, \
    table index 4 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.30983
set bmargin at screen 0.07479
set label 4 'bundled-1, http, wait 1 s' at screen 0.51705,0.44658 left textcolor rgb "#1a1a1a"
set label 20 'Amdahl: γ 0.989 [0.967, 1.01] sessions/s, R² 0.999' at screen 0.51705,0.42201 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 3.65e-5 [1.40e-5, 6.22e-5]' at screen 0.51705,0.40278 left textcolor rgb "#5a5a5a"
set label 22 'no USL: the coherency term is at its bound of 0: within' at screen 0.51705,0.38355 left textcolor rgb "#5a5a5a"
set label 23 '   the N measured Amdahl''s law says all there is' at screen 0.51705,0.36432 left textcolor rgb "#5a5a5a"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "128" 128, "256" 256, "384" 384, "" 512, "640" 640, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:1044.449494]
set ytics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800, "1,000" 1000)
plot table index 7 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 7 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 6 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle
unset multiplot
unset output
}
