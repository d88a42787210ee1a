# Throughput by batch size, and the scaling law fitted to it. Redraw it with: gnuplot scalability.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'scalability.tsv'
picture = 'scalability'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,556 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1112 noenhanced \
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
set label 1 'Throughput by batch size, and the scaling law fitted to it' at screen 0.02273,0.96043 left font ",17" textcolor rgb "#111111"
set label 2 '2 of 3 series determine a law · 1 step per session · 3 repetitions · on ci-8core · run 0f8fad5b' at screen 0.02273,0.92086 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.87410 point pt 7 ps 0.6 lw 1.6 lc rgb "#333333"
set label 106 'cell (one repetition)' at screen 0.07045,0.87410 left textcolor rgb "#1a1a1a"
set arrow 102 from screen 0.39557,0.87410 to screen 0.43420,0.87410 nohead lw 1.8 dt 1 lc rgb "#0072B2"
set label 102 "" at screen 0.41489,0.87410 point pt 0 ps 0 lw 1.6 lc rgb "#0072B2"
set label 107 'USL, 95 % band' at screen 0.44330,0.87410 left textcolor rgb "#1a1a1a"
set arrow 103 from screen 0.02273,0.83813 to screen 0.06136,0.83813 nohead lw 1.8 dt 2 lc rgb "#D55E00"
set label 103 "" at screen 0.04205,0.83813 point pt 0 ps 0 lw 1.6 lc rgb "#D55E00"
set label 108 'Amdahl, 95 % band' at screen 0.07045,0.83813 left textcolor rgb "#1a1a1a"
set label 104 "" at screen 0.41489,0.83813 point pt 13 ps 1.5 lw 1.6 lc rgb "#009E73"
set label 109 'predicted peak N*, 95 %' at screen 0.44330,0.83813 left textcolor rgb "#1a1a1a"
set label 105 "" at screen 0.04205,0.80216 point pt 2 ps 1.0 lw 1.6 lc rgb "#7a7a7a"
set label 110 'not fitted: invalid or < 95 % success' at screen 0.07045,0.80216 left textcolor rgb "#1a1a1a"
set label 3 'batch size N (sessions offered at once)' at screen 0.52841,0.03237 center textcolor rgb "#333333"
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.52158
set bmargin at screen 0.12590
set label 4 'local-2x40, ws, wait 1 s' at screen 0.03864,0.75180 left textcolor rgb "#1a1a1a"
set label 20 'USL: γ 0.970 [0.889, 1.05] sessions/s, R² 0.997' at screen 0.03864,0.71043 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 9.25e-4 [2.44e-4, 1.44e-3]' at screen 0.03864,0.67806 left textcolor rgb "#5a5a5a"
set label 22 '   coherency β 2.48e-6 [2.13e-6, 3.00e-6]' at screen 0.03864,0.64568 left textcolor rgb "#5a5a5a"
set label 23 '   peak N* 635 [572, 684]' at screen 0.03864,0.61331 left textcolor rgb "#5a5a5a"
set label 24 'Amdahl: γ 1.59 [1.20, 1.95] sessions/s, R² 0.965' at screen 0.03864,0.58094 left textcolor rgb "#5a5a5a"
set label 25 '   contention α 0.00565 [0.00311, 0.00729]' at screen 0.03864,0.54856 left textcolor rgb "#5a5a5a"
set label 5 'throughput (sessions/s)' at screen 0.01591,0.32374 center rotate by 90 textcolor rgb "#333333"
set logscale x 2
set xrange [6.5887:2486.6711]
set xtics ("8" 8, "32" 32, "128" 128, "256" 256, "512" 512, "" 1024, "2,048" 2048)
unset logscale y
set yrange [0:308.304639]
set ytics nomirror ("0" 0, "100" 100, "200" 200, "300" 300)
set arrow 1 from first 634.736, graph 0 to first 634.736, first 238.414155 nohead front lc rgb "#009E73" lw 1.2 dt 3
set arrow 2 from first 571.839, first 238.414155 to first 684.283, first 238.414155 nohead front lc rgb "#009E73" lw 3
set label 6 "" at first 634.736, first 238.414155 point pt 13 ps 1.5 lw 1.6 lc rgb "#009E73" front
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
set tmargin at screen 0.52158
set bmargin at screen 0.12590
set label 4 'local-2x40, http, wait 1 s' at screen 0.51705,0.75180 left textcolor rgb "#1a1a1a"
set label 20 'Amdahl: γ 0.900 [0.897, 0.903] sessions/s, R² > 0.999' at screen 0.51705,0.71043 left textcolor rgb "#5a5a5a"
set label 21 '   contention α 0.00150 [0.00149, 0.00151]' at screen 0.51705,0.67806 left textcolor rgb "#5a5a5a"
set label 22 'no USL: the coherency term is at its bound of 0: within' at screen 0.51705,0.64568 left textcolor rgb "#5a5a5a"
set label 23 '   the N measured Amdahl''s law says all there is' at screen 0.51705,0.61331 left textcolor rgb "#5a5a5a"
set logscale x 2
set xrange [6.7505:1213.5350]
set xtics ("8" 8, "32" 32, "128" 128, "256" 256, "512" 512, "1,024" 1024)
unset logscale y
set yrange [0:386.210216]
set ytics nomirror ("0" 0, "100" 100, "200" 200, "300" 300)
plot table index 3 using 1:6:7 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 3 using 1:5 with lines lw 1.8 dt 2 lc rgb "#D55E00" notitle, \
    table index 2 using 1:($3==1?$2:NaN) with points pt 7 ps 0.6 lc rgb "#333333" notitle
unset multiplot
unset output
}
