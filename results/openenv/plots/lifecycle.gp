# Time that each stage of a launch takes. Redraw it with: gnuplot lifecycle.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'lifecycle.tsv'
picture = 'lifecycle'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,594 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1188 noenhanced \
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
set lmargin at screen 0.24307
set rmargin at screen 0.90330
set tmargin at screen 0.88552
set bmargin at screen 0.09764
set label 1 'Time that each stage of a launch takes' at screen 0.02273,0.96296 left font ",17" textcolor rgb "#111111"
set label 2 'a dot for each launch and replica, a bar at the median · 9 launches · 2 runs' at screen 0.02273,0.92593 left textcolor rgb "#5a5a5a"
set yrange [468.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set logscale x 10
set xrange [0.000100:5.0006764574]
set xtics nomirror ("100 µs" 0.000100000, "1 ms" 0.001000000, "10 ms" 0.010000000, "100 ms" 0.100000000, "1 s" 1.000000000)
set label 3 'time' at screen 0.57318,0.02694 center textcolor rgb "#333333"
set label 1001 'openenv-uvicorn-2' at screen 0.02273,0.85690 left textcolor rgb "#1a1a1a"
set label 1002 'started' at screen 0.22943,0.81650 right textcolor rgb "#333333"
set label 1003 '496 µs' at screen 0.91466,0.81650 left textcolor rgb "#1a1a1a"
set label 1004 'healthy' at screen 0.22943,0.77609 right textcolor rgb "#333333"
set label 1005 '3.28 s' at screen 0.91466,0.77609 left textcolor rgb "#1a1a1a"
set label 1006 'first reset' at screen 0.22943,0.73569 right textcolor rgb "#333333"
set label 1007 '8.29 ms' at screen 0.91466,0.73569 left textcolor rgb "#1a1a1a"
set label 1008 'until the first session' at screen 0.22943,0.69529 right textcolor rgb "#333333"
set label 1009 '3.29 s' at screen 0.91466,0.69529 left textcolor rgb "#1a1a1a"
set label 1010 'stop' at screen 0.22943,0.65488 right textcolor rgb "#333333"
set label 1011 '326 ms' at screen 0.91466,0.65488 left textcolor rgb "#1a1a1a"
set arrow 1012 from screen 0.02273,0.62290 to screen 0.97727,0.62290 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1013 'bundled-1' at screen 0.02273,0.59428 left textcolor rgb "#1a1a1a"
set label 1014 'started' at screen 0.22943,0.55387 right textcolor rgb "#333333"
set label 1015 '14.4 ms' at screen 0.91466,0.55387 left textcolor rgb "#1a1a1a"
set label 1016 'healthy' at screen 0.22943,0.51347 right textcolor rgb "#333333"
set label 1017 '529 µs' at screen 0.91466,0.51347 left textcolor rgb "#1a1a1a"
set label 1018 'first reset' at screen 0.22943,0.47306 right textcolor rgb "#333333"
set label 1019 '193 µs' at screen 0.91466,0.47306 left textcolor rgb "#1a1a1a"
set label 1020 'until the first session' at screen 0.22943,0.43266 right textcolor rgb "#333333"
set label 1021 '15.3 ms' at screen 0.91466,0.43266 left textcolor rgb "#1a1a1a"
set label 1022 'stop' at screen 0.22943,0.39226 right textcolor rgb "#333333"
set label 1023 '3.32 ms' at screen 0.91466,0.39226 left textcolor rgb "#1a1a1a"
set arrow 1024 from screen 0.02273,0.36027 to screen 0.97727,0.36027 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1025 'bundled-2' at screen 0.02273,0.33165 left textcolor rgb "#1a1a1a"
set label 1026 'started' at screen 0.22943,0.29125 right textcolor rgb "#333333"
set label 1027 '34.9 ms' at screen 0.91466,0.29125 left textcolor rgb "#1a1a1a"
set label 1028 'healthy' at screen 0.22943,0.25084 right textcolor rgb "#333333"
set label 1029 '448 µs' at screen 0.91466,0.25084 left textcolor rgb "#1a1a1a"
set label 1030 'first reset' at screen 0.22943,0.21044 right textcolor rgb "#333333"
set label 1031 '210 µs' at screen 0.91466,0.21044 left textcolor rgb "#1a1a1a"
set label 1032 'until the first session' at screen 0.22943,0.17003 right textcolor rgb "#333333"
set label 1033 '35.9 ms' at screen 0.91466,0.17003 left textcolor rgb "#1a1a1a"
set label 1034 'stop' at screen 0.22943,0.12963 right textcolor rgb "#333333"
set label 1035 '5.93 ms' at screen 0.91466,0.12963 left textcolor rgb "#1a1a1a"
plot table index 5 using 2:1 with points pt 7 ps 0.7 lc rgb "#60009E73" notitle, \
    table index 0 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#009E73" notitle, \
    table index 6 using 2:1 with points pt 7 ps 0.7 lc rgb "#60CC79A7" notitle, \
    table index 1 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#CC79A7" notitle, \
    table index 7 using 2:1 with points pt 7 ps 0.7 lc rgb "#60E69F00" notitle, \
    table index 2 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#E69F00" notitle, \
    table index 8 using 2:1 with points pt 7 ps 0.7 lc rgb "#6056B4E9" notitle, \
    table index 3 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#56B4E9" notitle, \
    table index 9 using 2:1 with points pt 7 ps 0.7 lc rgb "#60000000" notitle, \
    table index 4 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#000000" notitle
unset multiplot
unset output
}
