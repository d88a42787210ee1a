# Time that each stage of a launch takes. Redraw it with: gnuplot lifecycle.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'lifecycle.tsv'
picture = 'lifecycle'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,306 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,612 noenhanced \
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
set rmargin at screen 0.82864
set tmargin at screen 0.77778
set bmargin at screen 0.18954
set label 1 'Time that each stage of a launch takes' at screen 0.02273,0.92810 left font ",17" textcolor rgb "#111111"
set label 2 'a dot for each launch and replica, a bar at the median · 10 launches · run 0f8fad5b' at screen 0.02273,0.85621 left textcolor rgb "#5a5a5a"
set yrange [180.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set logscale x 10
set xrange [0.00100:2.0319]
set xtics nomirror ("1 ms" 0.001000000, "10 ms" 0.010000000, "100 ms" 0.100000000, "1 s" 1.000000000)
set label 3 'time' at screen 0.53585,0.05229 center textcolor rgb "#333333"
set label 1001 'docker-x2' at screen 0.02273,0.72222 left textcolor rgb "#1a1a1a"
set label 1002 'create' at screen 0.22943,0.64379 right textcolor rgb "#333333"
set label 1003 '135 ms' at screen 0.84000,0.64379 left textcolor rgb "#1a1a1a"
set label 1004 'started' at screen 0.22943,0.56536 right textcolor rgb "#333333"
set label 1005 '315 ms' at screen 0.84000,0.56536 left textcolor rgb "#1a1a1a"
set label 1006 'healthy' at screen 0.22943,0.48693 right textcolor rgb "#333333"
set label 1007 '665 ms, 2 failed' at screen 0.84000,0.48693 left textcolor rgb "#1a1a1a"
set label 1008 'first reset' at screen 0.22943,0.40850 right textcolor rgb "#333333"
set label 1009 '28.0 ms' at screen 0.84000,0.40850 left textcolor rgb "#1a1a1a"
set label 1010 'until the first session' at screen 0.22943,0.33007 right textcolor rgb "#333333"
set label 1011 '1.26 s' at screen 0.84000,0.33007 left textcolor rgb "#1a1a1a"
set label 1012 'stop' at screen 0.22943,0.25163 right textcolor rgb "#333333"
set label 1013 '255 ms, 1 failed' at screen 0.84000,0.25163 left textcolor rgb "#1a1a1a"
plot table index 6 using 2:1 with points pt 7 ps 0.7 lc rgb "#600072B2" notitle, \
    table index 0 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#0072B2" notitle, \
    table index 7 using 2:1 with points pt 7 ps 0.7 lc rgb "#60009E73" notitle, \
    table index 1 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#009E73" notitle, \
    table index 8 using 2:1 with points pt 7 ps 0.7 lc rgb "#60CC79A7" notitle, \
    table index 2 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#CC79A7" notitle, \
    table index 9 using 2:1 with points pt 7 ps 0.7 lc rgb "#60E69F00" notitle, \
    table index 3 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#E69F00" notitle, \
    table index 10 using 2:1 with points pt 7 ps 0.7 lc rgb "#6056B4E9" notitle, \
    table index 4 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#56B4E9" notitle, \
    table index 11 using 2:1 with points pt 7 ps 0.7 lc rgb "#60000000" notitle, \
    table index 5 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#000000" notitle
unset multiplot
unset output
}
