# Time per phase by batch size. Redraw it with: gnuplot latency-phases-2.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'latency-phases-2.tsv'
picture = 'latency-phases-2'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,880 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1760 noenhanced \
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
set label 1 'Time per phase by batch size' at screen 0.02273,0.97500 left font ",17" textcolor rgb "#111111"
set label 2 'each panel has its own scale · picture 2 of 2 · 1 step per session · 3 repetitions (the middle one) · run 74305821' at screen 0.02273,0.95000 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.92045 point pt 5 ps 1.3 lw 1.6 lc rgb "#0072B2"
set label 106 'connect P50' at screen 0.07045,0.92045 left textcolor rgb "#1a1a1a"
set label 102 "" at screen 0.39830,0.92045 point pt 5 ps 1.3 lw 1.6 lc rgb "#E69F00"
set label 107 'reset P50' at screen 0.42670,0.92045 left textcolor rgb "#1a1a1a"
set label 103 "" at screen 0.04205,0.89773 point pt 5 ps 1.3 lw 1.6 lc rgb "#009E73"
set label 108 'steps less waits P50' at screen 0.07045,0.89773 left textcolor rgb "#1a1a1a"
set label 104 "" at screen 0.39830,0.89773 point pt 12 ps 1.1 lw 1.6 lc rgb "#000000"
set label 109 'overhead P99' at screen 0.42670,0.89773 left textcolor rgb "#1a1a1a"
set arrow 105 from screen 0.02273,0.87500 to screen 0.06136,0.87500 nohead lw 1.8 dt 1 lc rgb "#000000"
set label 105 "" at screen 0.04205,0.87500 point pt 0 ps 0 lw 1.6 lc rgb "#000000"
set label 110 'generator''s floor, P50 of a session' at screen 0.07045,0.87500 left textcolor rgb "#1a1a1a"
set label 3 'batch size N (sessions offered at once)' at screen 0.52841,0.02045 center textcolor rgb "#333333"
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.82727
set bmargin at screen 0.62273
set label 4 'swarm, ws, wait 1 s' at screen 0.08409,0.84318 left textcolor rgb "#1a1a1a"
set label 5 'time beyond the waits (ms)' at screen 0.02500,0.72500 center rotate by 90 textcolor rgb "#333333"
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.6:5.6]
set yrange [0:215.145279]
set ytics nomirror ("0" 0, "50" 50, "100" 100, "150" 150, "200" 200)
plot table index 0 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle, \
    table index 0 using 1:($3):($1-0.36):($1+0.36):($3):($3+$4) with boxxyerror lc rgb "#E69F00" notitle, \
    table index 0 using 1:($3+$4):($1-0.36):($1+0.36):($3+$4):($3+$4+$5) with boxxyerror lc rgb "#009E73" notitle, \
    table index 0 using 1:($6<=215.145279?$6:NaN) with points pt 12 ps 1.1 lw 1.6 lc rgb "#000000" notitle, \
    table index 0 using ($1-0.36-0.06):7:(2*0.36+0.12):(0) with vectors nohead lw 1.8 dt 1 lc rgb "#000000" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.82727
set bmargin at screen 0.62273
set label 4 'swarm, http, wait 1 s' at screen 0.56250,0.84318 left textcolor rgb "#1a1a1a"
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.6:5.6]
set yrange [0:150.911057]
set ytics nomirror ("0" 0, "20" 20, "40" 40, "60" 60, "80" 80, "100" 100, "120" 120, "140" 140)
plot table index 1 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle, \
    table index 1 using 1:($3):($1-0.36):($1+0.36):($3):($3+$4) with boxxyerror lc rgb "#E69F00" notitle, \
    table index 1 using 1:($3+$4):($1-0.36):($1+0.36):($3+$4):($3+$4+$5) with boxxyerror lc rgb "#009E73" notitle, \
    table index 1 using 1:($6<=150.911057?$6:NaN) with points pt 12 ps 1.1 lw 1.6 lc rgb "#000000" notitle, \
    table index 1 using ($1-0.36-0.06):7:(2*0.36+0.12):(0) with vectors nohead lw 1.8 dt 1 lc rgb "#000000" notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.55455
set bmargin at screen 0.35000
set label 4 'local, ws, wait 1 s' at screen 0.08409,0.57045 left textcolor rgb "#1a1a1a"
set label 5 'time beyond the waits (ms)' at screen 0.02500,0.45227 center rotate by 90 textcolor rgb "#333333"
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.6:5.6]
set yrange [0:49.251614]
set ytics nomirror ("0" 0, "10" 10, "20" 20, "30" 30, "40" 40)
plot table index 2 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle, \
    table index 2 using 1:($3):($1-0.36):($1+0.36):($3):($3+$4) with boxxyerror lc rgb "#E69F00" notitle, \
    table index 2 using 1:($3+$4):($1-0.36):($1+0.36):($3+$4):($3+$4+$5) with boxxyerror lc rgb "#009E73" notitle, \
    table index 2 using 1:($6<=49.251614?$6:NaN) with points pt 12 ps 1.1 lw 1.6 lc rgb "#000000" notitle, \
    table index 2 using ($1-0.36-0.06):7:(2*0.36+0.12):(0) with vectors nohead lw 1.8 dt 1 lc rgb "#000000" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.55455
set bmargin at screen 0.35000
set label 4 'local, http, wait 1 s' at screen 0.56250,0.57045 left textcolor rgb "#1a1a1a"
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.6:5.6]
set yrange [0:57.288949]
set ytics nomirror ("0" 0, "10" 10, "20" 20, "30" 30, "40" 40, "50" 50)
plot table index 3 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle, \
    table index 3 using 1:($3):($1-0.36):($1+0.36):($3):($3+$4) with boxxyerror lc rgb "#E69F00" notitle, \
    table index 3 using 1:($3+$4):($1-0.36):($1+0.36):($3+$4):($3+$4+$5) with boxxyerror lc rgb "#009E73" notitle, \
    table index 3 using 1:($6<=57.288949?$6:NaN) with points pt 12 ps 1.1 lw 1.6 lc rgb "#000000" notitle, \
    table index 3 using ($1-0.36-0.06):7:(2*0.36+0.12):(0) with vectors nohead lw 1.8 dt 1 lc rgb "#000000" notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.28182
set bmargin at screen 0.07727
set label 4 'slurm-multi, ws, wait 1 s' at screen 0.08409,0.29773 left textcolor rgb "#1a1a1a"
set label 5 'time beyond the waits (ms)' at screen 0.02500,0.17955 center rotate by 90 textcolor rgb "#333333"
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.6:5.6]
set yrange [0:113.183292]
set ytics nomirror ("0" 0, "20" 20, "40" 40, "60" 60, "80" 80, "100" 100)
plot table index 4 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle, \
    table index 4 using 1:($3):($1-0.36):($1+0.36):($3):($3+$4) with boxxyerror lc rgb "#E69F00" notitle, \
    table index 4 using 1:($3+$4):($1-0.36):($1+0.36):($3+$4):($3+$4+$5) with boxxyerror lc rgb "#009E73" notitle, \
    table index 4 using 1:($6<=113.183292?$6:NaN) with points pt 12 ps 1.1 lw 1.6 lc rgb "#000000" notitle, \
    table index 4 using ($1-0.36-0.06):7:(2*0.36+0.12):(0) with vectors nohead lw 1.8 dt 1 lc rgb "#000000" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.28182
set bmargin at screen 0.07727
set label 4 'slurm-multi, http, wait 1 s' at screen 0.56250,0.29773 left textcolor rgb "#1a1a1a"
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.6:5.6]
set yrange [0:132.707777]
set ytics nomirror ("0" 0, "20" 20, "40" 40, "60" 60, "80" 80, "100" 100, "120" 120)
plot table index 5 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle, \
    table index 5 using 1:($3):($1-0.36):($1+0.36):($3):($3+$4) with boxxyerror lc rgb "#E69F00" notitle, \
    table index 5 using 1:($3+$4):($1-0.36):($1+0.36):($3+$4):($3+$4+$5) with boxxyerror lc rgb "#009E73" notitle, \
    table index 5 using 1:($6<=132.707777?$6:NaN) with points pt 12 ps 1.1 lw 1.6 lc rgb "#000000" notitle, \
    table index 5 using ($1-0.36-0.06):7:(2*0.36+0.12):(0) with vectors nohead lw 1.8 dt 1 lc rgb "#000000" notitle
unset multiplot
unset output
}
