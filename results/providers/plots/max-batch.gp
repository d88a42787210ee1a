# Max batch by infrastructure and wait. Redraw it with: gnuplot max-batch.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'max-batch.tsv'
picture = 'max-batch'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,650 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1300 noenhanced \
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
set rmargin at screen 0.86182
set tmargin at screen 0.86462
set bmargin at screen 0.08923
set label 1 'Max batch by infrastructure and wait' at screen 0.02273,0.96615 left font ",17" textcolor rgb "#111111"
set label 2 '1 step per session · 3 repetitions · run 74305821' at screen 0.02273,0.93231 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.89231 point pt 7 ps 0.9 lw 1.6 lc rgb "#333333"
set label 104 'largest batch that passes' at screen 0.07045,0.89231 left textcolor rgb "#1a1a1a"
set label 102 "" at screen 0.31534,0.89231 point pt 2 ps 0.8 lw 1.6 lc rgb "#333333"
set label 105 'smallest that fails' at screen 0.34375,0.89231 left textcolor rgb "#1a1a1a"
set label 103 "" at screen 0.58864,0.89231 point pt 7 ps 0.1 lw 1.6 lc rgb "#ffffff"
set label 106 '→ no larger valid cell' at screen 0.61705,0.89231 left textcolor rgb "#1a1a1a"
set yrange [504.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set xrange [0:1146.880000]
set xtics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800, "1,000" 1000)
set label 3 'max batch (sessions at ≥ 95 % success)' at screen 0.51511,0.02462 center textcolor rgb "#333333"
set label 1001 'uv-openenv' at screen 0.02273,0.83846 left textcolor rgb "#1a1a1a"
set label 1002 'ws, wait 1 s' at screen 0.15477,0.80154 right textcolor rgb "#333333"
set label 1003 '[512, 768)' at screen 0.87318,0.80154 left textcolor rgb "#1a1a1a"
set label 1004 'http, wait 1 s' at screen 0.15477,0.76462 right textcolor rgb "#333333"
set label 1005 '≥ 1,024' at screen 0.87318,0.76462 left textcolor rgb "#1a1a1a"
set arrow 1006 from screen 0.02273,0.73538 to screen 0.97727,0.73538 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1007 'slurm-single' at screen 0.02273,0.70923 left textcolor rgb "#1a1a1a"
set label 1008 'ws, wait 1 s' at screen 0.15477,0.67231 right textcolor rgb "#333333"
set label 1009 '[768, 1,024)' at screen 0.87318,0.67231 left textcolor rgb "#1a1a1a"
set label 1010 'http, wait 1 s' at screen 0.15477,0.63538 right textcolor rgb "#333333"
set label 1011 '≥ 1,024' at screen 0.87318,0.63538 left textcolor rgb "#1a1a1a"
set arrow 1012 from screen 0.02273,0.60615 to screen 0.97727,0.60615 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1013 'docker' at screen 0.02273,0.58000 left textcolor rgb "#1a1a1a"
set label 1014 'ws, wait 1 s' at screen 0.15477,0.54308 right textcolor rgb "#333333"
set label 1015 '[768, 1,024)' at screen 0.87318,0.54308 left textcolor rgb "#1a1a1a"
set label 1016 'http, wait 1 s' at screen 0.15477,0.50615 right textcolor rgb "#333333"
set label 1017 '≥ 1,024' at screen 0.87318,0.50615 left textcolor rgb "#1a1a1a"
set arrow 1018 from screen 0.02273,0.47692 to screen 0.97727,0.47692 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1019 'swarm' at screen 0.02273,0.45077 left textcolor rgb "#1a1a1a"
set label 1020 'ws, wait 1 s' at screen 0.15477,0.41385 right textcolor rgb "#333333"
set label 1021 '[768, 1,024)' at screen 0.87318,0.41385 left textcolor rgb "#1a1a1a"
set label 1022 'http, wait 1 s' at screen 0.15477,0.37692 right textcolor rgb "#333333"
set label 1023 '≥ 1,024' at screen 0.87318,0.37692 left textcolor rgb "#1a1a1a"
set arrow 1024 from screen 0.02273,0.34769 to screen 0.97727,0.34769 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1025 'local' at screen 0.02273,0.32154 left textcolor rgb "#1a1a1a"
set label 1026 'ws, wait 1 s' at screen 0.15477,0.28462 right textcolor rgb "#333333"
set label 1027 '[768, 1,024)' at screen 0.87318,0.28462 left textcolor rgb "#1a1a1a"
set label 1028 'http, wait 1 s' at screen 0.15477,0.24769 right textcolor rgb "#333333"
set label 1029 '≥ 1,024' at screen 0.87318,0.24769 left textcolor rgb "#1a1a1a"
set arrow 1030 from screen 0.02273,0.21846 to screen 0.97727,0.21846 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1031 'slurm-multi' at screen 0.02273,0.19231 left textcolor rgb "#1a1a1a"
set label 1032 'ws, wait 1 s' at screen 0.15477,0.15538 right textcolor rgb "#333333"
set label 1033 '[768, 1,024)' at screen 0.87318,0.15538 left textcolor rgb "#1a1a1a"
set label 1034 'http, wait 1 s' at screen 0.15477,0.11846 right textcolor rgb "#333333"
set label 1035 '≥ 1,024' at screen 0.87318,0.11846 left textcolor rgb "#1a1a1a"
plot table index 0 using 2:1:($3-$2):(0) with vectors nohead lw 5 lc rgb "#400072B2" notitle, \
    table index 0 using 3:1 with points pt 2 ps 0.8 lw 1.8 lc rgb "#0072B2" notitle, \
    table index 0 using 2:1 with points pt 7 ps 0.9 lc rgb "#0072B2" notitle, \
    table index 1 using 2:($4==1?$1:NaN):(48.867388):(0) with vectors head filled size screen 0.01,20 lw 1.8 lc rgb "#D55E00" notitle, \
    table index 1 using 2:1 with points pt 5 ps 0.8 lc rgb "#D55E00" notitle
unset multiplot
unset output
}
