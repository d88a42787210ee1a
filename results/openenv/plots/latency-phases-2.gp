# Time per phase by batch size. Redraw it with: gnuplot latency-phases-2.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'latency-phases-2.tsv'
picture = 'latency-phases-2'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,640 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1280 noenhanced \
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
set label 1 'Time per phase by batch size' at screen 0.02273,0.96562 left font ",17" textcolor rgb "#111111"
set label 2 'picture 2 of 3 · 1 step per session · 3 repetitions (the middle one) · 2 runs' at screen 0.02273,0.93125 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.89062 point pt 5 ps 1.3 lw 1.6 lc rgb "#0072B2"
set label 106 'connect P50' at screen 0.07045,0.89062 left textcolor rgb "#1a1a1a"
set label 102 "" at screen 0.39830,0.89062 point pt 5 ps 1.3 lw 1.6 lc rgb "#E69F00"
set label 107 'reset P50' at screen 0.42670,0.89062 left textcolor rgb "#1a1a1a"
set label 103 "" at screen 0.04205,0.85938 point pt 5 ps 1.3 lw 1.6 lc rgb "#009E73"
set label 108 'steps less waits P50' at screen 0.07045,0.85938 left textcolor rgb "#1a1a1a"
set label 104 "" at screen 0.39830,0.85938 point pt 12 ps 1.1 lw 1.6 lc rgb "#000000"
set label 109 'overhead P99' at screen 0.42670,0.85938 left textcolor rgb "#1a1a1a"
set arrow 105 from screen 0.02273,0.82812 to screen 0.06136,0.82812 nohead lw 1.8 dt 1 lc rgb "#000000"
set label 105 "" at screen 0.04205,0.82812 point pt 0 ps 0 lw 1.6 lc rgb "#000000"
set label 110 'generator''s floor, P50 of a session' at screen 0.07045,0.82812 left textcolor rgb "#1a1a1a"
set label 3 'batch size N (sessions offered at once)' at screen 0.52841,0.02812 center textcolor rgb "#333333"
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.76250
set bmargin at screen 0.48125
set label 4 'bundled-1, ws, wait 0.5 s' at screen 0.08409,0.78438 left textcolor rgb "#1a1a1a"
set label 5 'time beyond the waits (ms)' at screen 0.02500,0.62187 center rotate by 90 textcolor rgb "#333333"
set xtics ("64" 0, "128" 1, "256" 2, "384" 3, "512" 4, "640" 5, "768" 6, "1,024" 7)
set xrange [-0.6:7.6]
set yrange [0:62.830673]
set ytics nomirror ("0" 0, "10" 10, "20" 20, "30" 30, "40" 40, "50" 50, "60" 60)
plot table index 0 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle, \
    table index 0 using 1:($3):($1-0.36):($1+0.36):($3):($3+$4) with boxxyerror lc rgb "#E69F00" notitle, \
    table index 0 using 1:($3+$4):($1-0.36):($1+0.36):($3+$4):($3+$4+$5) with boxxyerror lc rgb "#009E73" notitle, \
    table index 0 using 1:($6<=62.830673?$6:NaN) with points pt 12 ps 1.1 lw 1.6 lc rgb "#000000" notitle, \
    table index 0 using ($1-0.36-0.06):7:(2*0.36+0.12):(0) with vectors nohead lw 1.8 dt 1 lc rgb "#000000" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.76250
set bmargin at screen 0.48125
set label 4 'bundled-1, ws, wait 1 s' at screen 0.56250,0.78438 left textcolor rgb "#1a1a1a"
set xtics ("64" 0, "128" 1, "256" 2, "384" 3, "512" 4, "640" 5, "768" 6, "1,024" 7)
set xrange [-0.6:7.6]
set yrange [0:62.830673]
set ytics nomirror ("0" 0, "10" 10, "20" 20, "30" 30, "40" 40, "50" 50, "60" 60)
plot table index 1 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle, \
    table index 1 using 1:($3):($1-0.36):($1+0.36):($3):($3+$4) with boxxyerror lc rgb "#E69F00" notitle, \
    table index 1 using 1:($3+$4):($1-0.36):($1+0.36):($3+$4):($3+$4+$5) with boxxyerror lc rgb "#009E73" notitle, \
    table index 1 using 1:($6<=62.830673?$6:NaN) with points pt 12 ps 1.1 lw 1.6 lc rgb "#000000" notitle, \
    table index 1 using ($1-0.36-0.06):7:(2*0.36+0.12):(0) with vectors nohead lw 1.8 dt 1 lc rgb "#000000" notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.38750
set bmargin at screen 0.10625
set label 4 'bundled-1, http, wait 0.5 s' at screen 0.08409,0.40938 left textcolor rgb "#1a1a1a"
set label 5 'time beyond the waits (ms)' at screen 0.02500,0.24687 center rotate by 90 textcolor rgb "#333333"
set xtics ("64" 0, "128" 1, "256" 2, "384" 3, "512" 4, "640" 5, "768" 6, "1,024" 7)
set xrange [-0.6:7.6]
set yrange [0:62.830673]
set ytics nomirror ("0" 0, "10" 10, "20" 20, "30" 30, "40" 40, "50" 50, "60" 60)
plot table index 2 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle, \
    table index 2 using 1:($3):($1-0.36):($1+0.36):($3):($3+$4) with boxxyerror lc rgb "#E69F00" notitle, \
    table index 2 using 1:($3+$4):($1-0.36):($1+0.36):($3+$4):($3+$4+$5) with boxxyerror lc rgb "#009E73" notitle, \
    table index 2 using 1:($6<=62.830673?$6:NaN) with points pt 12 ps 1.1 lw 1.6 lc rgb "#000000" notitle, \
    table index 2 using ($1-0.36-0.06):7:(2*0.36+0.12):(0) with vectors nohead lw 1.8 dt 1 lc rgb "#000000" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.38750
set bmargin at screen 0.10625
set label 4 'bundled-1, http, wait 1 s' at screen 0.56250,0.40938 left textcolor rgb "#1a1a1a"
set xtics ("64" 0, "128" 1, "256" 2, "384" 3, "512" 4, "640" 5, "768" 6, "1,024" 7)
set xrange [-0.6:7.6]
set yrange [0:62.830673]
set ytics nomirror ("0" 0, "10" 10, "20" 20, "30" 30, "40" 40, "50" 50, "60" 60)
plot table index 3 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle, \
    table index 3 using 1:($3):($1-0.36):($1+0.36):($3):($3+$4) with boxxyerror lc rgb "#E69F00" notitle, \
    table index 3 using 1:($3+$4):($1-0.36):($1+0.36):($3+$4):($3+$4+$5) with boxxyerror lc rgb "#009E73" notitle, \
    table index 3 using 1:($6<=62.830673?$6:NaN) with points pt 12 ps 1.1 lw 1.6 lc rgb "#000000" notitle, \
    table index 3 using ($1-0.36-0.06):7:(2*0.36+0.12):(0) with vectors nohead lw 1.8 dt 1 lc rgb "#000000" notitle
unset multiplot
unset output
}
