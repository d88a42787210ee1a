# Max batch per core the servers may use. Redraw it with: gnuplot batch-per-core.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'batch-per-core.tsv'
picture = 'batch-per-core'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,606 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1212 noenhanced \
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
set rmargin at screen 0.75398
set tmargin at screen 0.88779
set bmargin at screen 0.09571
set label 1 'Max batch per core the servers may use' at screen 0.02273,0.96370 left font ",17" textcolor rgb "#111111"
set label 2 'right: cores, workers × session cap · 1 step per session · 3 repetitions · 2 runs' at screen 0.02273,0.92739 left textcolor rgb "#5a5a5a"
set yrange [480.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set xrange [0:532.480000]
set xtics nomirror ("0" 0, "100" 100, "200" 200, "300" 300, "400" 400, "500" 500)
set label 3 'max batch per core (sessions/core)' at screen 0.46949,0.02640 center textcolor rgb "#333333"
set label 1001 'openenv-uvicorn-2' at screen 0.02273,0.85974 left textcolor rgb "#1a1a1a"
set label 1002 'ws, wait 0.5 s' at screen 0.17136,0.82013 right textcolor rgb "#333333"
set label 1003 '192 on 2 cores, 2 × 400' at screen 0.76534,0.82013 left textcolor rgb "#1a1a1a"
set label 1004 'ws, wait 1 s' at screen 0.17136,0.78053 right textcolor rgb "#333333"
set label 1005 '192 on 2 cores, 2 × 400' at screen 0.76534,0.78053 left textcolor rgb "#1a1a1a"
set label 1006 'http, wait 0.5 s' at screen 0.17136,0.74092 right textcolor rgb "#333333"
set label 1007 '≥ 512 on 2 cores, 2 × 400' at screen 0.76534,0.74092 left textcolor rgb "#1a1a1a"
set label 1008 'http, wait 1 s' at screen 0.17136,0.70132 right textcolor rgb "#333333"
set label 1009 '≥ 512 on 2 cores, 2 × 400' at screen 0.76534,0.70132 left textcolor rgb "#1a1a1a"
set arrow 1010 from screen 0.02273,0.66997 to screen 0.97727,0.66997 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1011 'bundled-1' at screen 0.02273,0.64191 left textcolor rgb "#1a1a1a"
set label 1012 'ws, wait 0.5 s' at screen 0.17136,0.60231 right textcolor rgb "#333333"
set label 1013 '192 on 2 cores, 1 × 400' at screen 0.76534,0.60231 left textcolor rgb "#1a1a1a"
set label 1014 'ws, wait 1 s' at screen 0.17136,0.56271 right textcolor rgb "#333333"
set label 1015 '192 on 2 cores, 1 × 400' at screen 0.76534,0.56271 left textcolor rgb "#1a1a1a"
set label 1016 'http, wait 0.5 s' at screen 0.17136,0.52310 right textcolor rgb "#333333"
set label 1017 '≥ 512 on 2 cores, 1 × 400' at screen 0.76534,0.52310 left textcolor rgb "#1a1a1a"
set label 1018 'http, wait 1 s' at screen 0.17136,0.48350 right textcolor rgb "#333333"
set label 1019 '≥ 512 on 2 cores, 1 × 400' at screen 0.76534,0.48350 left textcolor rgb "#1a1a1a"
set arrow 1020 from screen 0.02273,0.45215 to screen 0.97727,0.45215 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1021 'bundled-2' at screen 0.02273,0.42409 left textcolor rgb "#1a1a1a"
set label 1022 'ws, wait 0.5 s' at screen 0.17136,0.38449 right textcolor rgb "#333333"
set label 1023 '384 on 2 cores, 2 × 400' at screen 0.76534,0.38449 left textcolor rgb "#1a1a1a"
set label 1024 'ws, wait 1 s' at screen 0.17136,0.34488 right textcolor rgb "#333333"
set label 1025 '384 on 2 cores, 2 × 400' at screen 0.76534,0.34488 left textcolor rgb "#1a1a1a"
set label 1026 'http, wait 0.5 s' at screen 0.17136,0.30528 right textcolor rgb "#333333"
set label 1027 '≥ 512 on 2 cores, 2 × 400' at screen 0.76534,0.30528 left textcolor rgb "#1a1a1a"
set label 1028 'http, wait 1 s' at screen 0.17136,0.26568 right textcolor rgb "#333333"
set label 1029 '≥ 512 on 2 cores, 2 × 400' at screen 0.76534,0.26568 left textcolor rgb "#1a1a1a"
set arrow 1030 from screen 0.02273,0.23432 to screen 0.97727,0.23432 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1031 'url-x2' at screen 0.02273,0.20627 left textcolor rgb "#1a1a1a"
set label 1032 'ws, wait 0.5 s' at screen 0.17136,0.16667 right textcolor rgb "#333333"
set label 1033 '384 on 2 cores, 2 × 400' at screen 0.76534,0.16667 left textcolor rgb "#1a1a1a"
set label 1034 'ws, wait 1 s' at screen 0.17136,0.12706 right textcolor rgb "#333333"
set label 1035 '384 on 2 cores, 2 × 400' at screen 0.76534,0.12706 left textcolor rgb "#1a1a1a"
plot table index 0 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#0072B2" notitle, \
    table index 1 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#D55E00" notitle, \
    table index 2 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#009E73" notitle, \
    table index 3 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#CC79A7" notitle
unset multiplot
unset output
}
