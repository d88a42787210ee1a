# How long a session takes, by percentile. Redraw it with: gnuplot percentiles-2.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'percentiles-2.tsv'
picture = 'percentiles-2'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,510 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1020 noenhanced \
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
set label 1 'How long a session takes, by percentile' at screen 0.02273,0.95686 left font ",17" textcolor rgb "#111111"
set label 2 'largest batch that passes · picture 2 of 2 · 1 step per session · 3 repetitions (pooled) · run 74305821' at screen 0.02273,0.91373 left textcolor rgb "#5a5a5a"
set arrow 101 from screen 0.02273,0.86275 to screen 0.06136,0.86275 nohead lw 1.8 dt 1 lc rgb "#0072B2"
set label 101 "" at screen 0.04205,0.86275 point pt 7 ps 0.9 lw 1.6 lc rgb "#0072B2"
set label 107 'N = 768: swarm, ws, wait 1 s' at screen 0.07045,0.86275 left textcolor rgb "#1a1a1a"
set arrow 102 from screen 0.40386,0.86275 to screen 0.44250,0.86275 nohead lw 1.8 dt 1 lc rgb "#D55E00"
set label 102 "" at screen 0.42318,0.86275 point pt 5 ps 0.8 lw 1.6 lc rgb "#D55E00"
set label 108 'N = 1,024: swarm, http, wait 1 s' at screen 0.45159,0.86275 left textcolor rgb "#1a1a1a"
set arrow 103 from screen 0.02273,0.82353 to screen 0.06136,0.82353 nohead lw 1.8 dt 1 lc rgb "#009E73"
set label 103 "" at screen 0.04205,0.82353 point pt 9 ps 1.0 lw 1.6 lc rgb "#009E73"
set label 109 'N = 768: local, ws, wait 1 s' at screen 0.07045,0.82353 left textcolor rgb "#1a1a1a"
set arrow 104 from screen 0.40386,0.82353 to screen 0.44250,0.82353 nohead lw 1.8 dt 1 lc rgb "#CC79A7"
set label 104 "" at screen 0.42318,0.82353 point pt 13 ps 1.1 lw 1.6 lc rgb "#CC79A7"
set label 110 'N = 1,024: local, http, wait 1 s' at screen 0.45159,0.82353 left textcolor rgb "#1a1a1a"
set arrow 105 from screen 0.02273,0.78431 to screen 0.06136,0.78431 nohead lw 1.8 dt 1 lc rgb "#E69F00"
set label 105 "" at screen 0.04205,0.78431 point pt 11 ps 1.0 lw 1.6 lc rgb "#E69F00"
set label 111 'N = 768: slurm-multi, ws, wait 1 s' at screen 0.07045,0.78431 left textcolor rgb "#1a1a1a"
set arrow 106 from screen 0.40386,0.78431 to screen 0.44250,0.78431 nohead lw 1.8 dt 1 lc rgb "#56B4E9"
set label 106 "" at screen 0.42318,0.78431 point pt 15 ps 0.9 lw 1.6 lc rgb "#56B4E9"
set label 112 'N = 1,024: slurm-multi, http, wait 1 s' at screen 0.45159,0.78431 left textcolor rgb "#1a1a1a"
set lmargin at screen 0.08409
set rmargin at screen 0.97273
set tmargin at screen 0.74118
set bmargin at screen 0.11373
set logscale x 10
set xrange [1:3532.800]
set xtics nomirror ("0" 1, "50" 2, "90" 10, "99" 100, "99.9" 1000.0000000000568)
set label 3 'percentile of the sessions (%)' at screen 0.52841,0.03137 center textcolor rgb "#333333"
set label 4 'total (s)' at screen 0.02500,0.42745 center rotate by 90 textcolor rgb "#333333"
unset logscale y
set yrange [0:1.297718]
set ytics nomirror autofreq format "%g"
plot table index 0 using (100/(100-$1)):($2*1) with lines lw 1.8 dt 1 lc rgb "#0072B2" notitle, \
    table index 0 using (100/(100-$1)):($2*1) every 12::0 with points pt 7 ps 0.9 lc rgb "#0072B2" notitle, \
    table index 1 using (100/(100-$1)):($2*1) with lines lw 1.8 dt 1 lc rgb "#D55E00" notitle, \
    table index 1 using (100/(100-$1)):($2*1) every 12::2 with points pt 5 ps 0.8 lc rgb "#D55E00" notitle, \
    table index 2 using (100/(100-$1)):($2*1) with lines lw 1.8 dt 1 lc rgb "#009E73" notitle, \
    table index 2 using (100/(100-$1)):($2*1) every 12::4 with points pt 9 ps 1.0 lc rgb "#009E73" notitle, \
    table index 3 using (100/(100-$1)):($2*1) with lines lw 1.8 dt 1 lc rgb "#CC79A7" notitle, \
    table index 3 using (100/(100-$1)):($2*1) every 12::6 with points pt 13 ps 1.1 lc rgb "#CC79A7" notitle, \
    table index 4 using (100/(100-$1)):($2*1) with lines lw 1.8 dt 1 lc rgb "#E69F00" notitle, \
    table index 4 using (100/(100-$1)):($2*1) every 12::8 with points pt 11 ps 1.0 lc rgb "#E69F00" notitle, \
    table index 5 using (100/(100-$1)):($2*1) with lines lw 1.8 dt 1 lc rgb "#56B4E9" notitle, \
    table index 5 using (100/(100-$1)):($2*1) every 12::10 with points pt 15 ps 0.9 lc rgb "#56B4E9" notitle
unset multiplot
unset output
}
