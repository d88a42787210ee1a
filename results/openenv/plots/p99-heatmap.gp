# P99 of a session by batch size and infrastructure. Redraw it with: gnuplot p99-heatmap.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'p99-heatmap.tsv'
picture = 'p99-heatmap'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,610 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1220 noenhanced \
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
set label 1 'P99 of a session by batch size and infrastructure' at screen 0.02273,0.96393 left font ",17" textcolor rgb "#111111"
set label 2 'slowest repetition (s); grey: no value · 1 step per session · 3 repetitions · 2 runs' at screen 0.02273,0.92787 left textcolor rgb "#5a5a5a"
set lmargin at screen 0.32670
set rmargin at screen 0.97727
set tmargin at screen 0.88197
set bmargin at screen 0.10164
set label 1001 'openenv-uvicorn-2, ws, wait 0.5 s' at screen 0.02273,0.85410 left textcolor rgb "#1a1a1a"
set label 1003 'openenv-uvicorn-2, ws, wait 1 s' at screen 0.02273,0.79836 left textcolor rgb "#1a1a1a"
set label 1005 'openenv-uvicorn-2, http, wait 0.5 s' at screen 0.02273,0.74262 left textcolor rgb "#1a1a1a"
set label 1007 'openenv-uvicorn-2, http, wait 1 s' at screen 0.02273,0.68689 left textcolor rgb "#1a1a1a"
set label 1009 'bundled-1, ws, wait 0.5 s' at screen 0.02273,0.63115 left textcolor rgb "#1a1a1a"
set label 1011 'bundled-1, ws, wait 1 s' at screen 0.02273,0.57541 left textcolor rgb "#1a1a1a"
set label 1013 'bundled-1, http, wait 0.5 s' at screen 0.02273,0.51967 left textcolor rgb "#1a1a1a"
set label 1015 'bundled-1, http, wait 1 s' at screen 0.02273,0.46393 left textcolor rgb "#1a1a1a"
set label 1017 'bundled-2, ws, wait 0.5 s' at screen 0.02273,0.40820 left textcolor rgb "#1a1a1a"
set label 1019 'bundled-2, ws, wait 1 s' at screen 0.02273,0.35246 left textcolor rgb "#1a1a1a"
set label 1021 'bundled-2, http, wait 0.5 s' at screen 0.02273,0.29672 left textcolor rgb "#1a1a1a"
set label 1023 'bundled-2, http, wait 1 s' at screen 0.02273,0.24098 left textcolor rgb "#1a1a1a"
set label 1025 'url-x2, ws, wait 0.5 s' at screen 0.02273,0.18525 left textcolor rgb "#1a1a1a"
set label 1027 'url-x2, ws, wait 1 s' at screen 0.02273,0.12951 left textcolor rgb "#1a1a1a"
set label 3 'batch size N (sessions offered at once)' at screen 0.65199,0.02951 center textcolor rgb "#333333"
unset grid
set border 0
set tics scale 0
unset ytics
set xtics ("64" 0, "128" 1, "256" 2, "384" 3, "512" 4, "640" 5, "768" 6, "1,024" 7)
set xrange [-0.5:7.5]
set yrange [13.5:-0.5]
# One hue from light to dark reads the same with every colour vision and in grey.
set palette defined (0 "#f7fbff", 0.25 "#c6dbef", 0.5 "#6baed6", 0.75 "#2171b5", 1 "#08306b")
set cbrange [0.504742907:2.198145675]
plot table index 0 using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror fc palette fs solid border lc rgb "#ffffff" notitle, \
    table index 0 using ($3<=1.393779360?$1:NaN):2:4 with labels font ",12" textcolor rgb "#1a1a1a" notitle, \
    table index 0 using ($3>1.393779360?$1:NaN):2:4 with labels font ",12" textcolor rgb "#ffffff" notitle
unset multiplot
unset output
}
