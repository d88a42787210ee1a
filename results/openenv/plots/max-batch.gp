# Max batch by infrastructure and wait. Redraw it with: gnuplot max-batch.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'max-batch.tsv'
picture = 'max-batch'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,626 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1252 noenhanced \
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
set lmargin at screen 0.18500
set rmargin at screen 0.86182
set tmargin at screen 0.85942
set bmargin at screen 0.09265
set label 1 'Max batch by infrastructure and wait' at screen 0.02273,0.96486 left font ",17" textcolor rgb "#111111"
set label 2 '1 step per session · 3 repetitions · 2 runs' at screen 0.02273,0.92971 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.88818 point pt 7 ps 0.9 lw 1.6 lc rgb "#333333"
set label 104 'largest batch that passes' at screen 0.07045,0.88818 left textcolor rgb "#1a1a1a"
set label 102 "" at screen 0.31534,0.88818 point pt 2 ps 0.8 lw 1.6 lc rgb "#333333"
set label 105 'smallest that fails' at screen 0.34375,0.88818 left textcolor rgb "#1a1a1a"
set label 103 "" at screen 0.58864,0.88818 point pt 7 ps 0.1 lw 1.6 lc rgb "#ffffff"
set label 106 '→ no larger valid cell' at screen 0.61705,0.88818 left textcolor rgb "#1a1a1a"
set yrange [480.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set xrange [0:1146.880000]
set xtics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800, "1,000" 1000)
set label 3 'max batch (sessions at ≥ 95 % success)' at screen 0.52341,0.02556 center textcolor rgb "#333333"
set label 1001 'openenv-uvicorn-2' at screen 0.02273,0.83227 left textcolor rgb "#1a1a1a"
set label 1002 'ws, wait 0.5 s' at screen 0.17136,0.79393 right textcolor rgb "#333333"
set label 1003 '[384, 512)' at screen 0.87318,0.79393 left textcolor rgb "#1a1a1a"
set label 1004 'ws, wait 1 s' at screen 0.17136,0.75559 right textcolor rgb "#333333"
set label 1005 '[384, 512)' at screen 0.87318,0.75559 left textcolor rgb "#1a1a1a"
set label 1006 'http, wait 0.5 s' at screen 0.17136,0.71725 right textcolor rgb "#333333"
set label 1007 '≥ 1,024' at screen 0.87318,0.71725 left textcolor rgb "#1a1a1a"
set label 1008 'http, wait 1 s' at screen 0.17136,0.67891 right textcolor rgb "#333333"
set label 1009 '≥ 1,024' at screen 0.87318,0.67891 left textcolor rgb "#1a1a1a"
set arrow 1010 from screen 0.02273,0.64856 to screen 0.97727,0.64856 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1011 'bundled-1' at screen 0.02273,0.62141 left textcolor rgb "#1a1a1a"
set label 1012 'ws, wait 0.5 s' at screen 0.17136,0.58307 right textcolor rgb "#333333"
set label 1013 '[384, 512)' at screen 0.87318,0.58307 left textcolor rgb "#1a1a1a"
set label 1014 'ws, wait 1 s' at screen 0.17136,0.54473 right textcolor rgb "#333333"
set label 1015 '[384, 512)' at screen 0.87318,0.54473 left textcolor rgb "#1a1a1a"
set label 1016 'http, wait 0.5 s' at screen 0.17136,0.50639 right textcolor rgb "#333333"
set label 1017 '≥ 1,024' at screen 0.87318,0.50639 left textcolor rgb "#1a1a1a"
set label 1018 'http, wait 1 s' at screen 0.17136,0.46805 right textcolor rgb "#333333"
set label 1019 '≥ 1,024' at screen 0.87318,0.46805 left textcolor rgb "#1a1a1a"
set arrow 1020 from screen 0.02273,0.43770 to screen 0.97727,0.43770 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1021 'bundled-2' at screen 0.02273,0.41054 left textcolor rgb "#1a1a1a"
set label 1022 'ws, wait 0.5 s' at screen 0.17136,0.37220 right textcolor rgb "#333333"
set label 1023 '[768, 1,024)' at screen 0.87318,0.37220 left textcolor rgb "#1a1a1a"
set label 1024 'ws, wait 1 s' at screen 0.17136,0.33387 right textcolor rgb "#333333"
set label 1025 '[768, 1,024)' at screen 0.87318,0.33387 left textcolor rgb "#1a1a1a"
set label 1026 'http, wait 0.5 s' at screen 0.17136,0.29553 right textcolor rgb "#333333"
set label 1027 '≥ 1,024' at screen 0.87318,0.29553 left textcolor rgb "#1a1a1a"
set label 1028 'http, wait 1 s' at screen 0.17136,0.25719 right textcolor rgb "#333333"
set label 1029 '≥ 1,024' at screen 0.87318,0.25719 left textcolor rgb "#1a1a1a"
set arrow 1030 from screen 0.02273,0.22684 to screen 0.97727,0.22684 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1031 'url-x2' at screen 0.02273,0.19968 left textcolor rgb "#1a1a1a"
set label 1032 'ws, wait 0.5 s' at screen 0.17136,0.16134 right textcolor rgb "#333333"
set label 1033 '[768, 1,024)' at screen 0.87318,0.16134 left textcolor rgb "#1a1a1a"
set label 1034 'ws, wait 1 s' at screen 0.17136,0.12300 right textcolor rgb "#333333"
set label 1035 '[768, 1,024)' at screen 0.87318,0.12300 left textcolor rgb "#1a1a1a"
plot table index 0 using 2:1:($3-$2):(0) with vectors nohead lw 5 lc rgb "#400072B2" notitle, \
    table index 0 using 3:1 with points pt 2 ps 0.8 lw 1.8 lc rgb "#0072B2" notitle, \
    table index 0 using 2:1 with points pt 7 ps 0.9 lc rgb "#0072B2" notitle, \
    table index 1 using 2:1:($3-$2):(0) with vectors nohead lw 5 lc rgb "#40D55E00" notitle, \
    table index 1 using 3:1 with points pt 2 ps 0.8 lw 1.8 lc rgb "#D55E00" notitle, \
    table index 1 using 2:1 with points pt 5 ps 0.8 lc rgb "#D55E00" notitle, \
    table index 2 using 2:($4==1?$1:NaN):(50.065279):(0) with vectors head filled size screen 0.01,20 lw 1.8 lc rgb "#009E73" notitle, \
    table index 2 using 2:1 with points pt 9 ps 1.0 lc rgb "#009E73" notitle, \
    table index 3 using 2:($4==1?$1:NaN):(50.065279):(0) with vectors head filled size screen 0.01,20 lw 1.8 lc rgb "#CC79A7" notitle, \
    table index 3 using 2:1 with points pt 13 ps 1.1 lc rgb "#CC79A7" notitle
unset multiplot
unset output
}
