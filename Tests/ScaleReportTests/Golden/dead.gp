# Success rate and P99 session time by batch size. Redraw it with: gnuplot scaling.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'scaling.tsv'
picture = 'scaling'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,602 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1204 noenhanced \
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
set logscale x 2
set xrange [16.0000:64.0000]
set lmargin at screen 0.08409
set rmargin at screen 0.90909
set tmargin at screen 0.84718
set bmargin at screen 0.54817
set label 1 'Success rate and P99 session time by batch size' at screen 0.02273,0.96346 left font ",17" textcolor rgb "#111111"
set label 2 '1 step per session · 1 repetition · on ci-8core · run 0f8fad5b' at screen 0.02273,0.92691 left textcolor rgb "#5a5a5a"
set xtics ("" 32)
unset logscale y
set yrange [0:106]
set ytics nomirror 0,25,100 format "%g"
set label 5 'success rate (%)' at screen 0.02500,0.69767 center rotate by 90 textcolor rgb "#333333"
set label 3 '95 %' at graph 1.012, first 95 left textcolor rgb "#333333"
set arrow 1 from graph 0, first 95 to graph 1, first 95 nohead lw 1.4 dt 2 lc rgb "#333333"
set arrow 101 from screen 0.02273,0.88372 to screen 0.06136,0.88372 nohead lw 1.8 dt 1 lc rgb "#0072B2"
set label 101 "" at screen 0.04205,0.88372 point pt 7 ps 0.9 lw 1.6 lc rgb "#0072B2"
set label 103 'local-2x40, ws, wait 1 s' at screen 0.07045,0.88372 left textcolor rgb "#1a1a1a"
set label 102 "" at screen 0.30705,0.88372 point pt 5 ps 1.3 lw 1.6 lc rgb "#d0d0d0"
set label 104 'band: exact 95 % bounds' at screen 0.33545,0.88372 left textcolor rgb "#1a1a1a"
plot table index 0 using ($2*1.00000):10:($2*1.00000/1.01152):($2*1.00000*1.01152):10:11 with boxxyerror lc rgb "#0072B2" fs transparent solid 0.16 noborder notitle, \
    table index 0 using ($2*1.00000):($4*1) with linespoints lw 1.8 dt 1 lc rgb "#0072B2" pt 7 ps 0.9 notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.90909
set tmargin at screen 0.51163
set bmargin at screen 0.09635
set xtics ("32" 32)
set label 6 'batch size N (sessions offered at once)' at screen 0.49659,0.02658 center textcolor rgb "#333333"
set label 5 'P99 of a session (s)' at screen 0.02500,0.30399 center rotate by 90 textcolor rgb "#333333"
unset logscale y
set yrange [0:1.120000]
set ytics nomirror autofreq format "%g"
unset ytics
set label 4 "no session succeeded, so there is no P99" at graph 0.5,0.5 center textcolor rgb "#5a5a5a"
plot NaN notitle
unset multiplot
unset output
}
