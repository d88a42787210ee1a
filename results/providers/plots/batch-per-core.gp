# Max batch per core the servers may use. Redraw it with: gnuplot batch-per-core.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'batch-per-core.tsv'
picture = 'batch-per-core'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,630 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1260 noenhanced \
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
set rmargin at screen 0.75398
set tmargin at screen 0.89206
set bmargin at screen 0.09206
set label 1 'Max batch per core the servers may use' at screen 0.02273,0.96508 left font ",17" textcolor rgb "#111111"
set label 2 'right: cores, workers × session cap · 1 step per session · 3 repetitions · run 74305821' at screen 0.02273,0.93016 left textcolor rgb "#5a5a5a"
set yrange [504.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set xrange [0:532.480000]
set xtics nomirror ("0" 0, "100" 100, "200" 200, "300" 300, "400" 400, "500" 500)
set label 3 'max batch per core (sessions/core)' at screen 0.46119,0.02540 center textcolor rgb "#333333"
set label 1001 'uv-openenv' at screen 0.02273,0.86508 left textcolor rgb "#1a1a1a"
set label 1002 'ws, wait 1 s' at screen 0.15477,0.82698 right textcolor rgb "#333333"
set label 1003 '256 on 2 cores, 2 × 400' at screen 0.76534,0.82698 left textcolor rgb "#1a1a1a"
set label 1004 'http, wait 1 s' at screen 0.15477,0.78889 right textcolor rgb "#333333"
set label 1005 '≥ 512 on 2 cores, 2 × 400' at screen 0.76534,0.78889 left textcolor rgb "#1a1a1a"
set arrow 1006 from screen 0.02273,0.75873 to screen 0.97727,0.75873 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1007 'slurm-single' at screen 0.02273,0.73175 left textcolor rgb "#1a1a1a"
set label 1008 'ws, wait 1 s' at screen 0.15477,0.69365 right textcolor rgb "#333333"
set label 1009 '384 on 2 cores, 2 × 400' at screen 0.76534,0.69365 left textcolor rgb "#1a1a1a"
set label 1010 'http, wait 1 s' at screen 0.15477,0.65556 right textcolor rgb "#333333"
set label 1011 '≥ 512 on 2 cores, 2 × 400' at screen 0.76534,0.65556 left textcolor rgb "#1a1a1a"
set arrow 1012 from screen 0.02273,0.62540 to screen 0.97727,0.62540 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1013 'docker' at screen 0.02273,0.59841 left textcolor rgb "#1a1a1a"
set label 1014 'ws, wait 1 s' at screen 0.15477,0.56032 right textcolor rgb "#333333"
set label 1015 '384 on 2 cores, 2 × 400' at screen 0.76534,0.56032 left textcolor rgb "#1a1a1a"
set label 1016 'http, wait 1 s' at screen 0.15477,0.52222 right textcolor rgb "#333333"
set label 1017 '≥ 512 on 2 cores, 2 × 400' at screen 0.76534,0.52222 left textcolor rgb "#1a1a1a"
set arrow 1018 from screen 0.02273,0.49206 to screen 0.97727,0.49206 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1019 'swarm' at screen 0.02273,0.46508 left textcolor rgb "#1a1a1a"
set label 1020 'ws, wait 1 s' at screen 0.15477,0.42698 right textcolor rgb "#333333"
set label 1021 '384 on 2 cores, 2 × 400' at screen 0.76534,0.42698 left textcolor rgb "#1a1a1a"
set label 1022 'http, wait 1 s' at screen 0.15477,0.38889 right textcolor rgb "#333333"
set label 1023 '≥ 512 on 2 cores, 2 × 400' at screen 0.76534,0.38889 left textcolor rgb "#1a1a1a"
set arrow 1024 from screen 0.02273,0.35873 to screen 0.97727,0.35873 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1025 'local' at screen 0.02273,0.33175 left textcolor rgb "#1a1a1a"
set label 1026 'ws, wait 1 s' at screen 0.15477,0.29365 right textcolor rgb "#333333"
set label 1027 '384 on 2 cores, 2 × 400' at screen 0.76534,0.29365 left textcolor rgb "#1a1a1a"
set label 1028 'http, wait 1 s' at screen 0.15477,0.25556 right textcolor rgb "#333333"
set label 1029 '≥ 512 on 2 cores, 2 × 400' at screen 0.76534,0.25556 left textcolor rgb "#1a1a1a"
set arrow 1030 from screen 0.02273,0.22540 to screen 0.97727,0.22540 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1031 'slurm-multi' at screen 0.02273,0.19841 left textcolor rgb "#1a1a1a"
set label 1032 'ws, wait 1 s' at screen 0.15477,0.16032 right textcolor rgb "#333333"
set label 1033 '384 on 2 cores, 2 × 400' at screen 0.76534,0.16032 left textcolor rgb "#1a1a1a"
set label 1034 'http, wait 1 s' at screen 0.15477,0.12222 right textcolor rgb "#333333"
set label 1035 '≥ 512 on 2 cores, 2 × 400' at screen 0.76534,0.12222 left textcolor rgb "#1a1a1a"
plot table index 0 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#0072B2" notitle, \
    table index 1 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#D55E00" notitle
unset multiplot
unset output
}
