# Throughput by batch size, and the scaling law fitted to it. Redraw it with: gnuplot scalability-3.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'scalability-3.tsv'
picture = 'scalability-3'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,1300 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,2600 noenhanced \
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
set label 1 'Throughput by batch size, and the scaling law fitted to it' at screen 0.02273,0.98308 left font ",17" textcolor rgb "#111111"
set label 2 'picture 3 of 3 · 1 step per session · 3 repetitions · 2 runs' at screen 0.02273,0.96615 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.94615 point pt 7 ps 0.6 lw 1.6 lc rgb "#333333"
set label 105 'cell (one repetition)' at screen 0.07045,0.94615 left textcolor rgb "#1a1a1a"
set arrow 102 from screen 0.39557,0.94615 to screen 0.43420,0.94615 nohead lw 1.8 dt 1 lc rgb "#0072B2"
set label 102 "" at screen 0.41489,0.94615 point pt 0 ps 0 lw 1.6 lc rgb "#0072B2"
set label 106 'USL, 95 % band' at screen 0.44330,0.94615 left textcolor rgb "#1a1a1a"
set arrow 103 from screen 0.02273,0.93077 to screen 0.06136,0.93077 nohead lw 1.8 dt 2 lc rgb "#D55E00"
set label 103 "" at screen 0.04205,0.93077 point pt 0 ps 0 lw 1.6 lc rgb "#D55E00"
set label 107 'Amdahl, 95 % band' at screen 0.07045,0.93077 left textcolor rgb "#1a1a1a"
set label 104 "" at screen 0.41489,0.93077 point pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a"
set label 108 'not fitted: invalid or < 95 % success' at screen 0.44330,0.93077 left textcolor rgb "#1a1a1a"
set label 3 'batch size N (sessions offered at once)' at screen 0.52841,0.01385 center textcolor rgb "#333333"
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.81077
set bmargin at screen 0.64154
set label 4 'bundled-2, ws, wait 0.5 s' at screen 0.03864,0.90923 left textcolor rgb "#1a1a1a"
set label 20 'USL: γ 1.99 [1.94, 2.02] sessions/s, R² 0.999' at screen 0.03864,0.89154 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 1.05e-4 [0, 1.54e-4]' at screen 0.03864,0.87769 left textcolor rgb "#5a5a5a"
set label 22 '   coherency β 2.63e-8 [0, 1.79e-7]' at screen 0.03864,0.86385 left textcolor rgb "#5a5a5a"
set label 23 '   peak N* 6,162 [2,360, open], extrapolated' at screen 0.03864,0.85000 left textcolor rgb "#5a5a5a"
set label 24 'Amdahl: γ 2.00 [1.96, 2.06] sessions/s, R² 0.999' at screen 0.03864,0.83615 left textcolor rgb "#5a5a5a"
set label 25 '   contention α 1.34e-4 [9.06e-5, 1.88e-4]' at screen 0.03864,0.82231 left textcolor rgb "#5a5a5a"
set label 5 'throughput (sessions/s)' at screen 0.01591,0.72615 center rotate by 90 textcolor rgb "#333333"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "128" 128, "256" 256, "384" 384, "" 512, "640" 640, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:1547.347256]
set ytics nomirror ("0" 0, "500" 500, "1,000" 1000, "1,500" 1500)
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
set tmargin at screen 0.81077
set bmargin at screen 0.64154
set label 4 'bundled-2, ws, wait 1 s' at screen 0.51705,0.90923 left textcolor rgb "#1a1a1a"
set label 20 'USL: γ 0.996 [0.985, 0.999] sessions/s, R² > 0.999' at screen 0.51705,0.89154 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 4.55e-5 [0, 5.58e-5]' at screen 0.51705,0.87769 left textcolor rgb "#5a5a5a"
set label 22 '   coherency β 1.74e-9 [0, 5.23e-8]' at screen 0.51705,0.86385 left textcolor rgb "#5a5a5a"
set label 23 '   peak N* 24,001 [4,358, open], extrapolated' at screen 0.51705,0.85000 left textcolor rgb "#5a5a5a"
set label 24 'Amdahl: γ 0.996 [0.990, 1.00] sessions/s, R² > 0.999' at screen 0.51705,0.83615 left textcolor rgb "#5a5a5a"
set label 25 '   contention α 4.74e-5 [3.45e-5, 6.11e-5]' at screen 0.51705,0.82231 left textcolor rgb "#5a5a5a"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "128" 128, "256" 256, "384" 384, "" 512, "640" 640, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:816.628476]
set ytics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800)
plot table index 3 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 3 using 1:3:4 with filledcurves lc rgb "#0072B2" fs transparent solid 0.16 noborder notitle, \
    table index 3 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 3 using 1:2 with lines lw 1.8 dt 1 lc rgb "#0072B2" notitle, \
    table index 2 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle, \
    table index 2 using 1:($3==0?$2:NaN) with points pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a" notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.50308
set bmargin at screen 0.33385
set label 4 'bundled-2, http, wait 0.5 s' at screen 0.03864,0.60154 left textcolor rgb "#1a1a1a"
set label 20 'USL: γ 1.98 [1.94, 1.99] sessions/s, R² > 0.999' at screen 0.03864,0.58385 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 7.63e-5 [0, 8.99e-5]' at screen 0.03864,0.57000 left textcolor rgb "#5a5a5a"
set label 22 '   coherency β 1.41e-9 [0, 7.13e-8]' at screen 0.03864,0.55615 left textcolor rgb "#5a5a5a"
set label 23 '   peak N* 26,600 [3,739, open], extrapolated' at screen 0.03864,0.54231 left textcolor rgb "#5a5a5a"
set label 24 'Amdahl: γ 1.98 [1.95, 2.01] sessions/s, R² > 0.999' at screen 0.03864,0.52846 left textcolor rgb "#5a5a5a"
set label 25 '   contention α 7.83e-5 [5.19e-5, 1.07e-4]' at screen 0.03864,0.51462 left textcolor rgb "#5a5a5a"
set label 5 'throughput (sessions/s)' at screen 0.01591,0.41846 center rotate by 90 textcolor rgb "#333333"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "128" 128, "256" 256, "384" 384, "" 512, "640" 640, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:2013.868041]
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
set tmargin at screen 0.50308
set bmargin at screen 0.33385
set label 4 'bundled-2, http, wait 1 s' at screen 0.51705,0.60154 left textcolor rgb "#1a1a1a"
set label 20 'Amdahl: γ 0.991 [0.985, 0.997] sessions/s, R² > 0.999' at screen 0.51705,0.58385 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 2.96e-5 [2.41e-5, 4.21e-5]' at screen 0.51705,0.57000 left textcolor rgb "#5a5a5a"
set label 22 'no USL: the coherency term is at its bound of 0: within' at screen 0.51705,0.55615 left textcolor rgb "#5a5a5a"
set label 23 '   the N measured Amdahl''s law says all there is' at screen 0.51705,0.54231 left textcolor rgb "#5a5a5a"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "128" 128, "256" 256, "384" 384, "" 512, "640" 640, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:1046.050962]
set ytics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800, "1,000" 1000)
plot table index 7 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 7 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 6 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.22308
set bmargin at screen 0.05385
set label 4 'url-x2, ws, wait 0.5 s' at screen 0.03864,0.29385 left textcolor rgb "#1a1a1a"
set label 20 'Amdahl: γ 2.01 [1.97, 2.05] sessions/s, R² > 0.999' at screen 0.03864,0.27615 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 1.76e-4 [1.43e-4, 2.11e-4]' at screen 0.03864,0.26231 left textcolor rgb "#5a5a5a"
set label 22 'no USL: the coherency term is at its bound of 0: within' at screen 0.03864,0.24846 left textcolor rgb "#5a5a5a"
set label 23 '   the N measured Amdahl''s law says all there is' at screen 0.03864,0.23462 left textcolor rgb "#5a5a5a"
set label 5 'throughput (sessions/s)' at screen 0.01591,0.13846 center rotate by 90 textcolor rgb "#333333"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "128" 128, "256" 256, "384" 384, "" 512, "640" 640, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:1570.556697]
set ytics nomirror ("0" 0, "500" 500, "1,000" 1000, "1,500" 1500)
plot table index 9 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 9 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 8 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle, \
    table index 8 using 1:($3==0?$2:NaN) with points pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.22308
set bmargin at screen 0.05385
set label 4 'url-x2, ws, wait 1 s' at screen 0.51705,0.29385 left textcolor rgb "#1a1a1a"
set label 20 'Amdahl: γ 1.00 [0.996, 1.01] sessions/s, R² > 0.999' at screen 0.51705,0.27615 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 7.83e-5 [6.55e-5, 8.86e-5]' at screen 0.51705,0.26231 left textcolor rgb "#5a5a5a"
set label 22 'no USL: the coherency term is at its bound of 0: within' at screen 0.51705,0.24846 left textcolor rgb "#5a5a5a"
set label 23 '   the N measured Amdahl''s law says all there is' at screen 0.51705,0.23462 left textcolor rgb "#5a5a5a"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "128" 128, "256" 256, "384" 384, "" 512, "640" 640, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:815.627494]
set ytics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800)
plot table index 11 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 11 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 10 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle, \
    table index 10 using 1:($3==0?$2:NaN) with points pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a" notitle
unset multiplot
unset output
}
