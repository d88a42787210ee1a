# Max batch by infrastructure and wait. Redraw it with: gnuplot max-batch.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'max-batch.tsv'
picture = 'max-batch'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,290 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,580 noenhanced \
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
set rmargin at screen 0.83693
set tmargin at screen 0.69655
set bmargin at screen 0.20000
set label 1 'Max batch by infrastructure and wait' at screen 0.02273,0.92414 left font ",17" textcolor rgb "#111111"
set label 2 '1 step per session · on ci-8core · 2 runs' at screen 0.02273,0.84828 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.75862 point pt 7 ps 0.9 lw 1.6 lc rgb "#333333"
set label 104 'largest batch that passes' at screen 0.07045,0.75862 left textcolor rgb "#1a1a1a"
set label 102 "" at screen 0.31534,0.75862 point pt 2 ps 0.8 lw 1.6 lc rgb "#333333"
set label 105 'smallest that fails' at screen 0.34375,0.75862 left textcolor rgb "#1a1a1a"
set label 103 "" at screen 0.58864,0.75862 point pt 7 ps 0.1 lw 1.6 lc rgb "#ffffff"
set label 106 '→ no larger valid cell' at screen 0.61705,0.75862 left textcolor rgb "#1a1a1a"
set yrange [144.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set logscale x 2
set xrange [32:32768]
set xtics nomirror ("32" 32, "64" 64, "128" 128, "256" 256, "512" 512, "1,024" 1024, "2,048" 2048, "4,096" 4096, "8,192" 8192, "16,384" 16384, "32,768" 32768)
set label 3 'max batch (sessions at ≥ 95 % success)' at screen 0.50267,0.05517 center textcolor rgb "#333333"
set label 1001 'local-2x40' at screen 0.02273,0.63793 left textcolor rgb "#1a1a1a"
set label 1002 'ws, wait 1 s' at screen 0.15477,0.55517 right textcolor rgb "#333333"
set label 1003 '[64, 128)' at screen 0.84830,0.55517 left textcolor rgb "#1a1a1a"
set arrow 1004 from screen 0.02273,0.48966 to screen 0.97727,0.48966 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1005 'docker-haproxy-four-replicas-on-a-host-with-a-very-long-name' at screen 0.02273,0.43103 left textcolor rgb "#1a1a1a"
set label 1006 'ws, wait 1 s' at screen 0.15477,0.34828 right textcolor rgb "#333333"
set label 1007 '[1,024, 16,384)' at screen 0.84830,0.34828 left textcolor rgb "#1a1a1a"
set label 1008 'http, wait 1 s' at screen 0.15477,0.26552 right textcolor rgb "#333333"
set label 1009 '≥ 1,024' at screen 0.84830,0.26552 left textcolor rgb "#1a1a1a"
plot table index 0 using 2:1:($3-$2):(0) with vectors nohead lw 5 lc rgb "#400072B2" notitle, \
    table index 0 using 3:1 with points pt 2 ps 0.8 lw 1.8 lc rgb "#0072B2" notitle, \
    table index 0 using 2:1 with points pt 7 ps 0.9 lc rgb "#0072B2" notitle, \
    table index 1 using 2:($4==1?$1:NaN):($2*0.358440):(0) with vectors head filled size screen 0.01,20 lw 1.8 lc rgb "#D55E00" notitle, \
    table index 1 using 2:1 with points pt 5 ps 0.8 lc rgb "#D55E00" notitle
unset multiplot
unset output
}
