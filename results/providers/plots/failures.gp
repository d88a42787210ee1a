# Failed sessions by kind and batch size. Redraw it with: gnuplot failures.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'failures.tsv'
picture = 'failures'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,840 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1680 noenhanced \
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
set label 1 'Failed sessions by kind and batch size' at screen 0.02273,0.97381 left font ",17" textcolor rgb "#111111"
set label 2 '1 step per session · 3 repetitions (together) · run 74305821' at screen 0.02273,0.94762 left textcolor rgb "#5a5a5a"
set label 101 "" at screen 0.04205,0.91667 point pt 5 ps 1.3 lw 1.6 lc rgb "#0072B2"
set label 102 'capacity_reached' at screen 0.07045,0.91667 left textcolor rgb "#1a1a1a"
set label 3 'batch size N (sessions offered at once)' at screen 0.52841,0.02143 center textcolor rgb "#333333"
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.86667
set bmargin at screen 0.65238
set label 4 'uv-openenv, ws, wait 1 s' at screen 0.08409,0.88333 left textcolor rgb "#1a1a1a"
set label 5 'failed (% of sessions)' at screen 0.02500,0.75952 center rotate by 90 textcolor rgb "#333333"
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.6:5.6]
set yrange [0:35.145833]
set ytics nomirror ("0" 0, "5" 5, "10" 10, "15" 15, "20" 20, "25" 25, "30" 30, "35" 35)
plot table index 0 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.86667
set bmargin at screen 0.65238
set label 4 'slurm-single, ws, wait 1 s' at screen 0.56250,0.88333 left textcolor rgb "#1a1a1a"
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.6:5.6]
set yrange [0:35.145833]
set ytics nomirror ("0" 0, "5" 5, "10" 10, "15" 15, "20" 20, "25" 25, "30" 30, "35" 35)
plot table index 1 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.58095
set bmargin at screen 0.36667
set label 4 'docker, ws, wait 1 s' at screen 0.08409,0.59762 left textcolor rgb "#1a1a1a"
set label 5 'failed (% of sessions)' at screen 0.02500,0.47381 center rotate by 90 textcolor rgb "#333333"
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.6:5.6]
set yrange [0:35.145833]
set ytics nomirror ("0" 0, "5" 5, "10" 10, "15" 15, "20" 20, "25" 25, "30" 30, "35" 35)
plot table index 2 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.58095
set bmargin at screen 0.36667
set label 4 'swarm, ws, wait 1 s' at screen 0.56250,0.59762 left textcolor rgb "#1a1a1a"
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.6:5.6]
set yrange [0:35.145833]
set ytics nomirror ("0" 0, "5" 5, "10" 10, "15" 15, "20" 20, "25" 25, "30" 30, "35" 35)
plot table index 3 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.49432
set tmargin at screen 0.29524
set bmargin at screen 0.08095
set label 4 'local, ws, wait 1 s' at screen 0.08409,0.31190 left textcolor rgb "#1a1a1a"
set label 5 'failed (% of sessions)' at screen 0.02500,0.18810 center rotate by 90 textcolor rgb "#333333"
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.6:5.6]
set yrange [0:35.145833]
set ytics nomirror ("0" 0, "5" 5, "10" 10, "15" 15, "20" 20, "25" 25, "30" 30, "35" 35)
plot table index 4 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle
unset label
unset arrow
set lmargin at screen 0.56250
set rmargin at screen 0.97273
set tmargin at screen 0.29524
set bmargin at screen 0.08095
set label 4 'slurm-multi, ws, wait 1 s' at screen 0.56250,0.31190 left textcolor rgb "#1a1a1a"
set xtics ("64" 0, "256" 1, "384" 2, "512" 3, "768" 4, "1,024" 5)
set xrange [-0.6:5.6]
set yrange [0:35.145833]
set ytics nomirror ("0" 0, "5" 5, "10" 10, "15" 15, "20" 20, "25" 25, "30" 30, "35" 35)
plot table index 5 using 1:(0):($1-0.36):($1+0.36):(0):($3) with boxxyerror lc rgb "#0072B2" notitle
unset multiplot
unset output
}
