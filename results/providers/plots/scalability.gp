# Throughput by batch size, and the scaling law fitted to it. Redraw it with: gnuplot scalability.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'scalability.tsv'
picture = 'scalability'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,1336 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,2672 noenhanced \
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
set label 1 'Throughput by batch size, and the scaling law fitted to it' at screen 0.02273,0.98353 left font ",17" textcolor rgb "#111111"
set label 2 'picture 1 of 2 · 1 step per session · 3 repetitions · run 74305821' at screen 0.02273,0.96707 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.94760 point pt 7 ps 0.6 lw 1.6 lc rgb "#333333"
set label 105 'cell (one repetition)' at screen 0.07045,0.94760 left textcolor rgb "#1a1a1a"
set arrow 102 from screen 0.39557,0.94760 to screen 0.43420,0.94760 nohead lw 1.8 dt 1 lc rgb "#0072B2"
set label 102 "" at screen 0.41489,0.94760 point pt 0 ps 0 lw 1.6 lc rgb "#0072B2"
set label 106 'USL, 95 % band' at screen 0.44330,0.94760 left textcolor rgb "#1a1a1a"
set arrow 103 from screen 0.02273,0.93263 to screen 0.06136,0.93263 nohead lw 1.8 dt 2 lc rgb "#D55E00"
set label 103 "" at screen 0.04205,0.93263 point pt 0 ps 0 lw 1.6 lc rgb "#D55E00"
set label 107 'Amdahl, 95 % band' at screen 0.07045,0.93263 left textcolor rgb "#1a1a1a"
set label 104 "" at screen 0.41489,0.93263 point pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a"
set label 108 'not fitted: invalid or < 95 % success' at screen 0.44330,0.93263 left textcolor rgb "#1a1a1a"
set label 3 'batch size N (sessions offered at once)' at screen 0.52841,0.01347 center textcolor rgb "#333333"
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.81587
set bmargin at screen 0.65120
set label 4 'uv-openenv, ws, wait 1 s' at screen 0.03864,0.91168 left textcolor rgb "#1a1a1a"
set label 20 'Amdahl: γ 0.885 [0.792, 0.998] sessions/s, R² 0.993' at screen 0.03864,0.89446 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 7.35e-4 [3.98e-4, 1.18e-3]' at screen 0.03864,0.88099 left textcolor rgb "#5a5a5a"
set label 22 'no USL: the coherency term is at its bound of 0: within' at screen 0.03864,0.86751 left textcolor rgb "#5a5a5a"
set label 23 '   the N measured Amdahl''s law says all there is' at screen 0.03864,0.85404 left textcolor rgb "#5a5a5a"
set label 5 'throughput (sessions/s)' at screen 0.01591,0.73353 center rotate by 90 textcolor rgb "#333333"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "256" 256, "384" 384, "512" 512, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:452.515512]
set ytics nomirror ("0" 0, "100" 100, "200" 200, "300" 300, "400" 400)
plot table index 1 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 1 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 0 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle, \
    table index 0 using 1:($3==0?$2:NaN) with points pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.81587
set bmargin at screen 0.65120
set label 4 'uv-openenv, http, wait 1 s' at screen 0.51705,0.91168 left textcolor rgb "#1a1a1a"
set label 20 'USL: γ 0.940 [0.792, 1.00] sessions/s, R² 0.970' at screen 0.51705,0.89446 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 6.32e-4 [0, 8.12e-4]' at screen 0.51705,0.88099 left textcolor rgb "#5a5a5a"
set label 22 '   coherency β 4.50e-8 [0, 6.65e-7]' at screen 0.51705,0.86751 left textcolor rgb "#5a5a5a"
set label 23 '   peak N* 4,712 [1,226, open], extrapolated' at screen 0.51705,0.85404 left textcolor rgb "#5a5a5a"
set label 24 'Amdahl: γ 0.957 [0.821, 1.10] sessions/s, R² 0.970' at screen 0.51705,0.84057 left textcolor rgb "#5a5a5a"
set label 25 '   contention α 7.05e-4 [3.37e-4, 1.12e-3]' at screen 0.51705,0.82710 left textcolor rgb "#5a5a5a"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "256" 256, "384" 384, "512" 512, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:682.753922]
set ytics nomirror ("0" 0, "200" 200, "400" 400, "600" 600)
plot table index 3 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 3 using 1:3:4 with filledcurves lc rgb "#0072B2" fs transparent solid 0.16 noborder notitle, \
    table index 3 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 3 using 1:2 with lines lw 1.8 dt 1 lc rgb "#0072B2" notitle, \
    table index 2 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.51647
set bmargin at screen 0.35180
set label 4 'slurm-single, ws, wait 1 s' at screen 0.03864,0.61228 left textcolor rgb "#1a1a1a"
set label 20 'USL: γ 0.985 [0.981, 0.999] sessions/s, R² 0.999' at screen 0.03864,0.59506 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 7.08e-7 [0, 6.36e-5]' at screen 0.03864,0.58159 left textcolor rgb "#5a5a5a"
set label 22 '   coherency β 6.32e-8 [0, 1.24e-7]' at screen 0.03864,0.56811 left textcolor rgb "#5a5a5a"
set label 23 '   peak N* 3,978 [2,836, open], extrapolated' at screen 0.03864,0.55464 left textcolor rgb "#5a5a5a"
set label 24 'Amdahl: γ 1.00 [0.984, 1.03] sessions/s, R² 0.999' at screen 0.03864,0.54117 left textcolor rgb "#5a5a5a"
set label 25 '   contention α 7.22e-5 [3.15e-5, 1.36e-4]' at screen 0.03864,0.52769 left textcolor rgb "#5a5a5a"
set label 5 'throughput (sessions/s)' at screen 0.01591,0.43413 center rotate by 90 textcolor rgb "#333333"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "256" 256, "384" 384, "512" 512, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:810.926155]
set ytics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800)
plot table index 5 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 5 using 1:3:4 with filledcurves lc rgb "#0072B2" fs transparent solid 0.16 noborder notitle, \
    table index 5 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 5 using 1:2 with lines lw 1.8 dt 1 lc rgb "#0072B2" notitle, \
    table index 4 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle, \
    table index 4 using 1:($3==0?$2:NaN) with points pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.51647
set bmargin at screen 0.35180
set label 4 'slurm-single, http, wait 1 s' at screen 0.51705,0.61228 left textcolor rgb "#1a1a1a"
set label 20 'Amdahl: γ 1.01 [0.992, 1.02] sessions/s, R² > 0.999' at screen 0.51705,0.59506 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 6.23e-5 [3.79e-5, 7.92e-5]' at screen 0.51705,0.58159 left textcolor rgb "#5a5a5a"
set label 22 'no USL: the contention term is at its bound of 0: the' at screen 0.51705,0.56811 left textcolor rgb "#5a5a5a"
set label 23 '   cells do not tell contention from coherency' at screen 0.51705,0.55464 left textcolor rgb "#5a5a5a"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "256" 256, "384" 384, "512" 512, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:1037.477260]
set ytics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800, "1,000" 1000)
plot table index 7 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 7 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 6 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.21707
set bmargin at screen 0.05240
set label 4 'docker, ws, wait 1 s' at screen 0.03864,0.31287 left textcolor rgb "#1a1a1a"
set label 20 'USL: γ 0.971 [0.955, 0.988] sessions/s, R² 0.999' at screen 0.03864,0.29566 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 3.99e-5 [0, 1.23e-4]' at screen 0.03864,0.28219 left textcolor rgb "#5a5a5a"
set label 22 '   coherency β 8.28e-8 [0, 1.64e-7]' at screen 0.03864,0.26871 left textcolor rgb "#5a5a5a"
set label 23 '   peak N* 3,476 [2,466, open], extrapolated' at screen 0.03864,0.25524 left textcolor rgb "#5a5a5a"
set label 24 'Amdahl: γ 0.993 [0.968, 1.02] sessions/s, R² 0.999' at screen 0.03864,0.24177 left textcolor rgb "#5a5a5a"
set label 25 '   contention α 1.35e-4 [7.95e-5, 1.85e-4]' at screen 0.03864,0.22829 left textcolor rgb "#5a5a5a"
set label 5 'throughput (sessions/s)' at screen 0.01591,0.13473 center rotate by 90 textcolor rgb "#333333"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "256" 256, "384" 384, "512" 512, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:751.470812]
set ytics nomirror ("0" 0, "200" 200, "400" 400, "600" 600)
plot table index 9 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 9 using 1:3:4 with filledcurves lc rgb "#0072B2" fs transparent solid 0.16 noborder notitle, \
    table index 9 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 9 using 1:2 with lines lw 1.8 dt 1 lc rgb "#0072B2" notitle, \
    table index 8 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle, \
    table index 8 using 1:($3==0?$2:NaN) with points pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.21707
set bmargin at screen 0.05240
set label 4 'docker, http, wait 1 s' at screen 0.51705,0.31287 left textcolor rgb "#1a1a1a"
set label 20 'Amdahl: γ 0.978 [0.952, 1.00] sessions/s, R² 0.999' at screen 0.51705,0.29566 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 8.09e-5 [4.87e-5, 1.18e-4]' at screen 0.51705,0.28219 left textcolor rgb "#5a5a5a"
set label 22 'no USL: the coherency term is at its bound of 0: within' at screen 0.51705,0.26871 left textcolor rgb "#5a5a5a"
set label 23 '   the N measured Amdahl''s law says all there is' at screen 0.51705,0.25524 left textcolor rgb "#5a5a5a"
set logscale x 2
set xrange [58.0812:1128.3508]
set xtics ("64" 64, "256" 256, "384" 384, "512" 512, "" 768, "1,024" 1024)
unset logscale y
set yrange [0:992.518472]
set ytics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800)
plot table index 11 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 11 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 10 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle
unset multiplot
unset output
}
