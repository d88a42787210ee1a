# One cell over its time, N = 1,024. Redraw it with: gnuplot timeline-3.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'timeline-3.tsv'
picture = 'timeline-3'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,520 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1040 noenhanced \
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
set label 1 'One cell over its time, N = 1,024' at screen 0.02273,0.95769 left font ",17" textcolor rgb "#111111"
set label 2 'docker, ws, wait 1 s, repetition 1, run 74305821' at screen 0.02273,0.91538 left textcolor rgb "#5a5a5a"
set arrow 101 from screen 0.02273,0.86538 to screen 0.06136,0.86538 nohead lw 1.8 dt 1 lc rgb "#0072B2"
set label 101 "" at screen 0.04205,0.86538 point pt 7 ps 0.7 lw 1.6 lc rgb "#0072B2"
set label 105 'open' at screen 0.07045,0.86538 left textcolor rgb "#1a1a1a"
set arrow 102 from screen 0.22136,0.86538 to screen 0.26000,0.86538 nohead lw 1.8 dt 2 lc rgb "#000000"
set label 102 "" at screen 0.24068,0.86538 point pt 9 ps 0.8 lw 1.6 lc rgb "#000000"
set label 106 'started so far' at screen 0.26909,0.86538 left textcolor rgb "#1a1a1a"
set arrow 103 from screen 0.42000,0.86538 to screen 0.45864,0.86538 nohead lw 1.8 dt 4 lc rgb "#009E73"
set label 103 "" at screen 0.43932,0.86538 point pt 5 ps 0.6 lw 1.6 lc rgb "#009E73"
set label 107 'succeeded so far' at screen 0.46773,0.86538 left textcolor rgb "#1a1a1a"
set arrow 104 from screen 0.61864,0.86538 to screen 0.65727,0.86538 nohead lw 1.8 dt 1 lc rgb "#D55E00"
set label 104 "" at screen 0.63795,0.86538 point pt 13 ps 0.8 lw 1.6 lc rgb "#D55E00"
set label 108 'failed so far' at screen 0.66636,0.86538 left textcolor rgb "#1a1a1a"
set lmargin at screen 0.08409
set rmargin at screen 0.97273
set tmargin at screen 0.82308
set bmargin at screen 0.36154
set xrange [0:1.194140]
set xtics nomirror ("" 0.0, "" 0.2, "" 0.4, "" 0.6, "" 0.8, "" 1.0)
set yrange [0:1105.920]
set ytics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800, "1,000" 1000)
set label 3 'sessions' at screen 0.02500,0.59231 center rotate by 90 textcolor rgb "#333333"
plot table using 1:2 with lines lw 1.8 dt 1 lc rgb "#0072B2" notitle, \
    table using 1:2 every 1::0 with points pt 7 ps 0.7 lc rgb "#0072B2" notitle, \
    table using 1:3 with lines lw 1.8 dt 2 lc rgb "#000000" notitle, \
    table using 1:3 every 1::0 with points pt 9 ps 0.8 lc rgb "#000000" notitle, \
    table using 1:4 with lines lw 1.8 dt 4 lc rgb "#009E73" notitle, \
    table using 1:4 every 1::0 with points pt 5 ps 0.6 lc rgb "#009E73" notitle, \
    table using 1:5 with lines lw 1.8 dt 1 lc rgb "#D55E00" notitle, \
    table using 1:5 every 1::0 with points pt 13 ps 0.8 lc rgb "#D55E00" notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.97273
set tmargin at screen 0.32308
set bmargin at screen 0.11154
set xtics nomirror ("0" 0.0, "0.2" 0.2, "0.4" 0.4, "0.6" 0.6, "0.8" 0.8, "1.0" 1.0)
set yrange [0:6.569774]
set ytics nomirror ("0" 0, "2" 2, "4" 4, "6" 6)
set label 3 'loop lag (ms)' at screen 0.02500,0.21731 center rotate by 90 textcolor rgb "#333333"
set label 4 'time since the cell began (s)' at screen 0.52841,0.03077 center textcolor rgb "#333333"
plot table using 1:6 with impulses lw 2 lc rgb "#CC79A7" notitle
unset multiplot
unset output
}
