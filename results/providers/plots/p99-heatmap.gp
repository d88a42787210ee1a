# P99 of a session by batch size and infrastructure. Redraw it with: gnuplot p99-heatmap.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'p99-heatmap.tsv'
picture = 'p99-heatmap'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,542 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1084 noenhanced \
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
set label 1 'P99 of a session by batch size and infrastructure' at screen 0.02273,0.95941 left font ",17" textcolor rgb "#111111"
set label 2 'slowest repetition (s); grey: no value · 1 step per session · 3 repetitions · run 74305821' at screen 0.02273,0.91882 left textcolor rgb "#5a5a5a"
set lmargin at screen 0.26864
set rmargin at screen 0.97727
set tmargin at screen 0.86716
set bmargin at screen 0.11439
set label 1001 'uv-openenv, ws, wait 1 s' at screen 0.02273,0.83579 left textcolor rgb "#1a1a1a"
set label 1003 'uv-openenv, http, wait 1 s' at screen 0.02273,0.77306 left textcolor rgb "#1a1a1a"
set label 1005 'slurm-single, ws, wait 1 s' at screen 0.02273,0.71033 left textcolor rgb "#1a1a1a"
set label 1007 'slurm-single, http, wait 1 s' at screen 0.02273,0.64760 left textcolor rgb "#1a1a1a"
set label 1009 'docker, ws, wait 1 s' at screen 0.02273,0.58487 left textcolor rgb "#1a1a1a"
set label 1011 'docker, http, wait 1 s' at screen 0.02273,0.52214 left textcolor rgb "#1a1a1a"
set label 1013 'swarm, ws, wait 1 s' at screen 0.02273,0.45941 left textcolor rgb "#1a1a1a"
set label 1015 'swarm, http, wait 1 s' at screen 0.02273,0.39668 left textcolor rgb "#1a1a1a"
set label 1017 'local, ws, wait 1 s' at screen 0.02273,0.33395 left textcolor rgb "#1a1a1a"
set label 1019 'local, http, wait 1 s' at screen 0.02273,0.27122 left textcolor rgb "#1a1a1a"
set label 1021 'slurm-multi, ws, wait 1 s' at screen 0.02273,0.20849 left textcolor rgb "#1a1a1a"
set label 1023 'slurm-multi, http, wait 1 s' at screen 0.02273,0.14576 left textcolor rgb "#1a1a1a"
set label 3 'batch size N (sessions offered at once)' at screen 0.62295,0.03321 center textcolor rgb "#333333"
unset grid
set border 0
set tics scale 0
unset ytics
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.5:5.5]
set yrange [11.5:-0.5]
# One hue from light to dark reads the same with every colour vision and in grey.
set palette defined (0 "#f7fbff", 0.25 "#c6dbef", 0.5 "#6baed6", 0.75 "#2171b5", 1 "#08306b")
set cbrange [1.004488814:2.092957695]
plot table index 0 using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror fc palette fs solid border lc rgb "#ffffff" notitle, \
    table index 0 using ($3<=1.575934977?$1:NaN):2:4 with labels font ",12" textcolor rgb "#1a1a1a" notitle, \
    table index 0 using ($3>1.575934977?$1:NaN):2:4 with labels font ",12" textcolor rgb "#ffffff" notitle
unset multiplot
unset output
}
