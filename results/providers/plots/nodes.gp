# Max batch on several replicas and on one. Redraw it with: gnuplot nodes.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'nodes.tsv'
picture = 'nodes'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,506 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1012 noenhanced \
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
set lmargin at screen 0.15182
set rmargin at screen 0.76227
set tmargin at screen 0.82609
set bmargin at screen 0.11462
set label 1 'Max batch on several replicas and on one' at screen 0.02273,0.95652 left font ",17" textcolor rgb "#111111"
set label 2 'right: on how many replicas · 1 step per session · 3 repetitions · run 74305821' at screen 0.02273,0.91304 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.86166 point pt 5 ps 1.3 lw 1.6 lc rgb "#0072B2"
set label 103 'one replica' at screen 0.07045,0.86166 left textcolor rgb "#1a1a1a"
set label 102 "" at screen 0.24068,0.86166 point pt 5 ps 1.3 lw 1.6 lc rgb "#D55E00"
set label 104 'several replicas' at screen 0.26909,0.86166 left textcolor rgb "#1a1a1a"
set yrange [360.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set xrange [0:1064.960000]
set xtics nomirror ("0" 0, "200" 200, "400" 400, "600" 600, "800" 800, "1,000" 1000)
set label 3 'max batch (sessions at ≥ 95 % success)' at screen 0.45705,0.03162 center textcolor rgb "#333333"
set label 1001 'ws, wait 1 s' at screen 0.02273,0.79249 left textcolor rgb "#1a1a1a"
set label 1002 'uv-openenv' at screen 0.13818,0.74506 right textcolor rgb "#333333"
set label 1003 '512 on 1' at screen 0.77364,0.74506 left textcolor rgb "#1a1a1a"
set label 1004 'slurm-single' at screen 0.13818,0.69763 right textcolor rgb "#333333"
set label 1005 '768 on 1' at screen 0.77364,0.69763 left textcolor rgb "#1a1a1a"
set label 1006 'docker' at screen 0.13818,0.65020 right textcolor rgb "#333333"
set label 1007 '768 on 1' at screen 0.77364,0.65020 left textcolor rgb "#1a1a1a"
set label 1008 'local' at screen 0.13818,0.60277 right textcolor rgb "#333333"
set label 1009 '768 on 1' at screen 0.77364,0.60277 left textcolor rgb "#1a1a1a"
set label 1010 'swarm' at screen 0.13818,0.55534 right textcolor rgb "#333333"
set label 1011 '768 on 2, 384 each' at screen 0.77364,0.55534 left textcolor rgb "#1a1a1a"
set label 1012 'slurm-multi' at screen 0.13818,0.50791 right textcolor rgb "#333333"
set label 1013 '768 on 2, 384 each' at screen 0.77364,0.50791 left textcolor rgb "#1a1a1a"
set arrow 1014 from screen 0.02273,0.47036 to screen 0.97727,0.47036 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1015 'http, wait 1 s' at screen 0.02273,0.43676 left textcolor rgb "#1a1a1a"
set label 1016 'uv-openenv' at screen 0.13818,0.38933 right textcolor rgb "#333333"
set label 1017 '≥ 1,024 on 1' at screen 0.77364,0.38933 left textcolor rgb "#1a1a1a"
set label 1018 'slurm-single' at screen 0.13818,0.34190 right textcolor rgb "#333333"
set label 1019 '≥ 1,024 on 1' at screen 0.77364,0.34190 left textcolor rgb "#1a1a1a"
set label 1020 'docker' at screen 0.13818,0.29447 right textcolor rgb "#333333"
set label 1021 '≥ 1,024 on 1' at screen 0.77364,0.29447 left textcolor rgb "#1a1a1a"
set label 1022 'local' at screen 0.13818,0.24704 right textcolor rgb "#333333"
set label 1023 '≥ 1,024 on 1' at screen 0.77364,0.24704 left textcolor rgb "#1a1a1a"
set label 1024 'swarm' at screen 0.13818,0.19960 right textcolor rgb "#333333"
set label 1025 '≥ 1,024 on 2, ≥ 512 each' at screen 0.77364,0.19960 left textcolor rgb "#1a1a1a"
set label 1026 'slurm-multi' at screen 0.13818,0.15217 right textcolor rgb "#333333"
set label 1027 '≥ 1,024 on 2, ≥ 512 each' at screen 0.77364,0.15217 left textcolor rgb "#1a1a1a"
plot table index 0 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#0072B2" notitle, \
    table index 1 using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 lc rgb "#D55E00" notitle
unset multiplot
unset output
}
