# Success rate and P99 session time by batch size. Redraw it with: gnuplot scaling.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'scaling.tsv'
picture = 'scaling'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,642 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,1284 noenhanced \
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
set logscale x 2
set xrange [58.0812:1128.3508]
set lmargin at screen 0.08409
set rmargin at screen 0.90909
set tmargin at screen 0.79439
set bmargin at screen 0.51402
set label 1 'Success rate and P99 session time by batch size' at screen 0.02273,0.96573 left font ",17" textcolor rgb "#111111"
set label 2 'picture 1 of 2 · 1 step per session · 3 repetitions (bars: lowest to highest) · run 74305821' at screen 0.02273,0.93146 left textcolor rgb "#5a5a5a"
set xtics ("" 64, "" 256, "" 384, "" 512, "" 768, "" 1024)
unset logscale y
set yrange [0:106]
set ytics nomirror 0,25,100 format "%g"
set label 5 'success rate (%)' at screen 0.02500,0.65421 center rotate by 90 textcolor rgb "#333333"
set label 3 '95 %' at graph 1.012, first 95 left textcolor rgb "#333333"
set arrow 1 from graph 0, first 95 to graph 1, first 95 nohead lw 1.4 dt 2 lc rgb "#333333"
set arrow 101 from screen 0.02273,0.89097 to screen 0.06136,0.89097 nohead lw 1.8 dt 1 lc rgb "#0072B2"
set label 101 "" at screen 0.04205,0.89097 point pt 7 ps 0.9 lw 1.6 lc rgb "#0072B2"
set label 109 'uv-openenv, ws, wait 1 s' at screen 0.07045,0.89097 left textcolor rgb "#1a1a1a"
set arrow 102 from screen 0.32091,0.89097 to screen 0.35955,0.89097 nohead lw 1.8 dt 1 lc rgb "#D55E00"
set label 102 "" at screen 0.34023,0.89097 point pt 5 ps 0.8 lw 1.6 lc rgb "#D55E00"
set label 110 'uv-openenv, http, wait 1 s' at screen 0.36864,0.89097 left textcolor rgb "#1a1a1a"
set arrow 103 from screen 0.61909,0.89097 to screen 0.65773,0.89097 nohead lw 1.8 dt 1 lc rgb "#009E73"
set label 103 "" at screen 0.63841,0.89097 point pt 9 ps 1.0 lw 1.6 lc rgb "#009E73"
set label 111 'slurm-single, ws, wait 1 s' at screen 0.66682,0.89097 left textcolor rgb "#1a1a1a"
set arrow 104 from screen 0.02273,0.85981 to screen 0.06136,0.85981 nohead lw 1.8 dt 1 lc rgb "#CC79A7"
set label 104 "" at screen 0.04205,0.85981 point pt 13 ps 1.1 lw 1.6 lc rgb "#CC79A7"
set label 112 'slurm-single, http, wait 1 s' at screen 0.07045,0.85981 left textcolor rgb "#1a1a1a"
set arrow 105 from screen 0.32091,0.85981 to screen 0.35955,0.85981 nohead lw 1.8 dt 1 lc rgb "#E69F00"
set label 105 "" at screen 0.34023,0.85981 point pt 11 ps 1.0 lw 1.6 lc rgb "#E69F00"
set label 113 'docker, ws, wait 1 s' at screen 0.36864,0.85981 left textcolor rgb "#1a1a1a"
set arrow 106 from screen 0.61909,0.85981 to screen 0.65773,0.85981 nohead lw 1.8 dt 1 lc rgb "#56B4E9"
set label 106 "" at screen 0.63841,0.85981 point pt 15 ps 0.9 lw 1.6 lc rgb "#56B4E9"
set label 114 'docker, http, wait 1 s' at screen 0.66682,0.85981 left textcolor rgb "#1a1a1a"
set label 107 "" at screen 0.04205,0.82866 point pt 6 ps 2.0 lw 1.6 lc rgb "#333333"
set label 115 'largest batch that passes' at screen 0.07045,0.82866 left textcolor rgb "#1a1a1a"
set label 108 "" at screen 0.34023,0.82866 point pt 5 ps 1.3 lw 1.6 lc rgb "#d0d0d0"
set label 116 'band: exact 95 % bounds' at screen 0.36864,0.82866 left textcolor rgb "#1a1a1a"
plot table index 0 using ($2*0.96784):10:11 with filledcurves lc rgb "#0072B2" fs transparent solid 0.16 noborder notitle, \
    table index 1 using ($2*0.98058):10:11 with filledcurves lc rgb "#D55E00" fs transparent solid 0.16 noborder notitle, \
    table index 2 using ($2*0.99348):10:11 with filledcurves lc rgb "#009E73" fs transparent solid 0.16 noborder notitle, \
    table index 3 using ($2*1.00656):10:11 with filledcurves lc rgb "#CC79A7" fs transparent solid 0.16 noborder notitle, \
    table index 4 using ($2*1.01981):10:11 with filledcurves lc rgb "#E69F00" fs transparent solid 0.16 noborder notitle, \
    table index 5 using ($2*1.03323):10:11 with filledcurves lc rgb "#56B4E9" fs transparent solid 0.16 noborder notitle, \
    table index 0 using ($2*0.96784):($4*1):($5*1):($6*1) with yerrorbars pt -1 lw 1.2 lc rgb "#0072B2" notitle, \
    table index 0 using ($2*0.96784):($4*1) with linespoints lw 1.8 dt 1 lc rgb "#0072B2" pt 7 ps 0.9 notitle, \
    table index 0 every ::3::3 using ($2*0.96784):($4*1) with points pt 6 ps 2.0 lw 1.6 lc rgb "#0072B2" notitle, \
    table index 1 using ($2*0.98058):($4*1):($5*1):($6*1) with yerrorbars pt -1 lw 1.2 lc rgb "#D55E00" notitle, \
    table index 1 using ($2*0.98058):($4*1) with linespoints lw 1.8 dt 1 lc rgb "#D55E00" pt 5 ps 0.8 notitle, \
    table index 1 every ::5::5 using ($2*0.98058):($4*1) with points pt 6 ps 2.0 lw 1.6 lc rgb "#D55E00" notitle, \
    table index 2 using ($2*0.99348):($4*1):($5*1):($6*1) with yerrorbars pt -1 lw 1.2 lc rgb "#009E73" notitle, \
    table index 2 using ($2*0.99348):($4*1) with linespoints lw 1.8 dt 1 lc rgb "#009E73" pt 9 ps 1.0 notitle, \
    table index 2 every ::4::4 using ($2*0.99348):($4*1) with points pt 6 ps 2.0 lw 1.6 lc rgb "#009E73" notitle, \
    table index 3 using ($2*1.00656):($4*1):($5*1):($6*1) with yerrorbars pt -1 lw 1.2 lc rgb "#CC79A7" notitle, \
    table index 3 using ($2*1.00656):($4*1) with linespoints lw 1.8 dt 1 lc rgb "#CC79A7" pt 13 ps 1.1 notitle, \
    table index 3 every ::5::5 using ($2*1.00656):($4*1) with points pt 6 ps 2.0 lw 1.6 lc rgb "#CC79A7" notitle, \
    table index 4 using ($2*1.01981):($4*1):($5*1):($6*1) with yerrorbars pt -1 lw 1.2 lc rgb "#E69F00" notitle, \
    table index 4 using ($2*1.01981):($4*1) with linespoints lw 1.8 dt 1 lc rgb "#E69F00" pt 11 ps 1.0 notitle, \
    table index 4 every ::4::4 using ($2*1.01981):($4*1) with points pt 6 ps 2.0 lw 1.6 lc rgb "#E69F00" notitle, \
    table index 5 using ($2*1.03323):($4*1):($5*1):($6*1) with yerrorbars pt -1 lw 1.2 lc rgb "#56B4E9" notitle, \
    table index 5 using ($2*1.03323):($4*1) with linespoints lw 1.8 dt 1 lc rgb "#56B4E9" pt 15 ps 0.9 notitle, \
    table index 5 every ::5::5 using ($2*1.03323):($4*1) with points pt 6 ps 2.0 lw 1.6 lc rgb "#56B4E9" notitle
unset label
unset arrow
set lmargin at screen 0.08409
set rmargin at screen 0.90909
set tmargin at screen 0.47975
set bmargin at screen 0.09034
set xtics ("64" 64, "256" 256, "384" 384, "512" 512, "768" 768, "1,024" 1024)
set label 6 'batch size N (sessions offered at once)' at screen 0.49659,0.02492 center textcolor rgb "#333333"
set label 5 'P99 of a session (s)' at screen 0.02500,0.28505 center rotate by 90 textcolor rgb "#333333"
unset logscale y
set yrange [0:3.360000]
set ytics nomirror autofreq format "%g"
set label 3 'SLO 3 s' at graph 1.012, first 3.000000 left textcolor rgb "#333333"
set arrow 1 from graph 0, first 3.000000 to graph 1, first 3.000000 nohead lw 1.4 dt 2 lc rgb "#333333"
plot table index 0 using ($2*0.96784):($7*1):($8*1):($9*1) with yerrorbars pt -1 lw 1.2 lc rgb "#0072B2" notitle, \
    table index 0 using ($2*0.96784):($7*1) with linespoints lw 1.8 dt 1 lc rgb "#0072B2" pt 7 ps 0.9 notitle, \
    table index 0 every ::3::3 using ($2*0.96784):($7*1) with points pt 6 ps 2.0 lw 1.6 lc rgb "#0072B2" notitle, \
    table index 1 using ($2*0.98058):($7*1):($8*1):($9*1) with yerrorbars pt -1 lw 1.2 lc rgb "#D55E00" notitle, \
    table index 1 using ($2*0.98058):($7*1) with linespoints lw 1.8 dt 1 lc rgb "#D55E00" pt 5 ps 0.8 notitle, \
    table index 1 every ::5::5 using ($2*0.98058):($7*1) with points pt 6 ps 2.0 lw 1.6 lc rgb "#D55E00" notitle, \
    table index 2 using ($2*0.99348):($7*1):($8*1):($9*1) with yerrorbars pt -1 lw 1.2 lc rgb "#009E73" notitle, \
    table index 2 using ($2*0.99348):($7*1) with linespoints lw 1.8 dt 1 lc rgb "#009E73" pt 9 ps 1.0 notitle, \
    table index 2 every ::4::4 using ($2*0.99348):($7*1) with points pt 6 ps 2.0 lw 1.6 lc rgb "#009E73" notitle, \
    table index 3 using ($2*1.00656):($7*1):($8*1):($9*1) with yerrorbars pt -1 lw 1.2 lc rgb "#CC79A7" notitle, \
    table index 3 using ($2*1.00656):($7*1) with linespoints lw 1.8 dt 1 lc rgb "#CC79A7" pt 13 ps 1.1 notitle, \
    table index 3 every ::5::5 using ($2*1.00656):($7*1) with points pt 6 ps 2.0 lw 1.6 lc rgb "#CC79A7" notitle, \
    table index 4 using ($2*1.01981):($7*1):($8*1):($9*1) with yerrorbars pt -1 lw 1.2 lc rgb "#E69F00" notitle, \
    table index 4 using ($2*1.01981):($7*1) with linespoints lw 1.8 dt 1 lc rgb "#E69F00" pt 11 ps 1.0 notitle, \
    table index 4 every ::4::4 using ($2*1.01981):($7*1) with points pt 6 ps 2.0 lw 1.6 lc rgb "#E69F00" notitle, \
    table index 5 using ($2*1.03323):($7*1):($8*1):($9*1) with yerrorbars pt -1 lw 1.2 lc rgb "#56B4E9" notitle, \
    table index 5 using ($2*1.03323):($7*1) with linespoints lw 1.8 dt 1 lc rgb "#56B4E9" pt 15 ps 0.9 notitle, \
    table index 5 every ::5::5 using ($2*1.03323):($7*1) with points pt 6 ps 2.0 lw 1.6 lc rgb "#56B4E9" notitle
unset multiplot
unset output
}
