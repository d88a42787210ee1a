# Max batch per core the servers may use. Redraw it with: gnuplot batch-per-core.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'batch-per-core.tsv'
picture = 'batch-per-core'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,270 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,540 noenhanced \
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
set lmargin at screen 0.16841
set rmargin at screen 0.72909
set tmargin at screen 0.74815
set bmargin at screen 0.21481
set label 1 'Max batch per core the servers may use' at screen 0.02273,0.91852 left font ",17" textcolor rgb "#111111"
set label 2 'right: cores, workers × session cap · 1 step per session · on ci-8core · 2 runs' at screen 0.02273,0.83704 left textcolor rgb "#5a5a5a"
set yrange [144.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set xrange [0:66.560000]
set xtics nomirror ("0" 0, "10" 10, "20" 20, "30" 30, "40" 40, "50" 50, "60" 60)
set label 3 'max batch per core (sessions/core)' at screen 0.44875,0.05926 center textcolor rgb "#333333"
set label 1001 'local-2x40' at screen 0.02273,0.68519 left textcolor rgb "#1a1a1a"
set label 1002 'ws, wait 1 s' at screen 0.15477,0.59630 right textcolor rgb "#333333"
set label 1003 '32 on 2 cores, 2 × 40' at screen 0.74045,0.59630 left textcolor rgb "#1a1a1a"
set arrow 1004 from screen 0.02273,0.52593 to screen 0.97727,0.52593 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1005 'docker-haproxy-four-replicas-on-a-host-with-a-very-long-name' at screen 0.02273,0.46296 left textcolor rgb "#1a1a1a"
set label 1006 'ws, wait 1 s' at screen 0.15477,0.37407 right textcolor rgb "#333333"
set label 1007 '64 on 16 cores, 16 × 1,000' at screen 0.74045,0.37407 left textcolor rgb "#1a1a1a"
set label 1008 'http, wait 1 s' at screen 0.15477,0.28519 right textcolor rgb "#333333"
set label 1009 '≥ 64 on 16 cores, 16 × 1,000' at screen 0.74045,0.28519 left textcolor rgb "#1a1a1a"
plot table index 0 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#0072B2" notitle, \
    table index 1 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#D55E00" notitle
unset multiplot
unset output
}
