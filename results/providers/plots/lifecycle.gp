# Time that each stage of a launch takes. Redraw it with: gnuplot lifecycle.gp
# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.
table = 'lifecycle.tsv'
picture = 'lifecycle'
set datafile separator "\t"
set encoding utf8
do for [kind in "svg png"] {
if (kind eq "svg") {
    set terminal svg size 880,1230 noenhanced \
        font "sans-serif,13" background "#ffffff"
} else {
    set terminal pngcairo size 1760,2460 noenhanced \
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
set lmargin at screen 0.24307
set rmargin at screen 0.90330
set tmargin at screen 0.94472
set bmargin at screen 0.04715
set label 1 'Time that each stage of a launch takes' at screen 0.02273,0.98211 left font ",17" textcolor rgb "#111111"
set label 2 'a dot for each launch and replica, a bar at the median · 18 launches · run 74305821' at screen 0.02273,0.96423 left textcolor rgb "#5a5a5a"
set yrange [1104.0:0]
unset ytics
set border 1 lw 1 lc rgb "#5a5a5a"
set logscale x 10
set xrange [0.0000100:8.693629896900001]
set xtics nomirror ("10 µs" 0.000010000, "100 µs" 0.000100000, "1 ms" 0.001000000, "10 ms" 0.010000000, "100 ms" 0.100000000, "1 s" 1.000000000)
set label 3 'time' at screen 0.57318,0.01301 center textcolor rgb "#333333"
set label 1001 'uv-openenv' at screen 0.02273,0.93089 left textcolor rgb "#1a1a1a"
set label 1002 'started' at screen 0.22943,0.91138 right textcolor rgb "#333333"
set label 1003 '685 µs' at screen 0.91466,0.91138 left textcolor rgb "#1a1a1a"
set label 1004 'healthy' at screen 0.22943,0.89187 right textcolor rgb "#333333"
set label 1005 '6.59 s' at screen 0.91466,0.89187 left textcolor rgb "#1a1a1a"
set label 1006 'first reset' at screen 0.22943,0.87236 right textcolor rgb "#333333"
set label 1007 '5.33 ms' at screen 0.91466,0.87236 left textcolor rgb "#1a1a1a"
set label 1008 'until the first session' at screen 0.22943,0.85285 right textcolor rgb "#333333"
set label 1009 '6.60 s' at screen 0.91466,0.85285 left textcolor rgb "#1a1a1a"
set label 1010 'stop' at screen 0.22943,0.83333 right textcolor rgb "#333333"
set label 1011 '546 ms' at screen 0.91466,0.83333 left textcolor rgb "#1a1a1a"
set arrow 1012 from screen 0.02273,0.81789 to screen 0.97727,0.81789 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1013 'slurm-single' at screen 0.02273,0.80407 left textcolor rgb "#1a1a1a"
set label 1014 'create' at screen 0.22943,0.78455 right textcolor rgb "#333333"
set label 1015 '8.79 ms' at screen 0.91466,0.78455 left textcolor rgb "#1a1a1a"
set label 1016 'scheduled' at screen 0.22943,0.76504 right textcolor rgb "#333333"
set label 1017 '422 ms' at screen 0.91466,0.76504 left textcolor rgb "#1a1a1a"
set label 1018 'started' at screen 0.22943,0.74553 right textcolor rgb "#333333"
set label 1019 '50.2 ms' at screen 0.91466,0.74553 left textcolor rgb "#1a1a1a"
set label 1020 'healthy' at screen 0.22943,0.72602 right textcolor rgb "#333333"
set label 1021 '382 µs' at screen 0.91466,0.72602 left textcolor rgb "#1a1a1a"
set label 1022 'first reset' at screen 0.22943,0.70650 right textcolor rgb "#333333"
set label 1023 '193 µs' at screen 0.91466,0.70650 left textcolor rgb "#1a1a1a"
set label 1024 'until the first session' at screen 0.22943,0.68699 right textcolor rgb "#333333"
set label 1025 '436 ms' at screen 0.91466,0.68699 left textcolor rgb "#1a1a1a"
set label 1026 'stop' at screen 0.22943,0.66748 right textcolor rgb "#333333"
set label 1027 '117 ms' at screen 0.91466,0.66748 left textcolor rgb "#1a1a1a"
set arrow 1028 from screen 0.02273,0.65203 to screen 0.97727,0.65203 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1029 'docker' at screen 0.02273,0.63821 left textcolor rgb "#1a1a1a"
set label 1030 'create' at screen 0.22943,0.61870 right textcolor rgb "#333333"
set label 1031 '9.13 ms' at screen 0.91466,0.61870 left textcolor rgb "#1a1a1a"
set label 1032 'started' at screen 0.22943,0.59919 right textcolor rgb "#333333"
set label 1033 '200 ms' at screen 0.91466,0.59919 left textcolor rgb "#1a1a1a"
set label 1034 'healthy' at screen 0.22943,0.57967 right textcolor rgb "#333333"
set label 1035 '51.9 ms' at screen 0.91466,0.57967 left textcolor rgb "#1a1a1a"
set label 1036 'first reset' at screen 0.22943,0.56016 right textcolor rgb "#333333"
set label 1037 '515 µs' at screen 0.91466,0.56016 left textcolor rgb "#1a1a1a"
set label 1038 'until the first session' at screen 0.22943,0.54065 right textcolor rgb "#333333"
set label 1039 '282 ms' at screen 0.91466,0.54065 left textcolor rgb "#1a1a1a"
set label 1040 'stop' at screen 0.22943,0.52114 right textcolor rgb "#333333"
set label 1041 '354 ms' at screen 0.91466,0.52114 left textcolor rgb "#1a1a1a"
set arrow 1042 from screen 0.02273,0.50569 to screen 0.97727,0.50569 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1043 'swarm' at screen 0.02273,0.49187 left textcolor rgb "#1a1a1a"
set label 1044 'create' at screen 0.22943,0.47236 right textcolor rgb "#333333"
set label 1045 '896 ms' at screen 0.91466,0.47236 left textcolor rgb "#1a1a1a"
set label 1046 'scheduled' at screen 0.22943,0.45285 right textcolor rgb "#333333"
set label 1047 '54.6 ms' at screen 0.91466,0.45285 left textcolor rgb "#1a1a1a"
set label 1048 'started' at screen 0.22943,0.43333 right textcolor rgb "#333333"
set label 1049 '481 ms' at screen 0.91466,0.43333 left textcolor rgb "#1a1a1a"
set label 1050 'healthy' at screen 0.22943,0.41382 right textcolor rgb "#333333"
set label 1051 '1.15 ms' at screen 0.91466,0.41382 left textcolor rgb "#1a1a1a"
set label 1052 'first reset' at screen 0.22943,0.39431 right textcolor rgb "#333333"
set label 1053 '526 µs' at screen 0.91466,0.39431 left textcolor rgb "#1a1a1a"
set label 1054 'until the first session' at screen 0.22943,0.37480 right textcolor rgb "#333333"
set label 1055 '1.50 s' at screen 0.91466,0.37480 left textcolor rgb "#1a1a1a"
set label 1056 'stop' at screen 0.22943,0.35528 right textcolor rgb "#333333"
set label 1057 '2.65 s' at screen 0.91466,0.35528 left textcolor rgb "#1a1a1a"
set arrow 1058 from screen 0.02273,0.33984 to screen 0.97727,0.33984 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1059 'local' at screen 0.02273,0.32602 left textcolor rgb "#1a1a1a"
set label 1060 'started' at screen 0.22943,0.30650 right textcolor rgb "#333333"
set label 1061 '30.8 ms' at screen 0.91466,0.30650 left textcolor rgb "#1a1a1a"
set label 1062 'healthy' at screen 0.22943,0.28699 right textcolor rgb "#333333"
set label 1063 '602 µs' at screen 0.91466,0.28699 left textcolor rgb "#1a1a1a"
set label 1064 'first reset' at screen 0.22943,0.26748 right textcolor rgb "#333333"
set label 1065 '258 µs' at screen 0.91466,0.26748 left textcolor rgb "#1a1a1a"
set label 1066 'until the first session' at screen 0.22943,0.24797 right textcolor rgb "#333333"
set label 1067 '32.0 ms' at screen 0.91466,0.24797 left textcolor rgb "#1a1a1a"
set label 1068 'stop' at screen 0.22943,0.22846 right textcolor rgb "#333333"
set label 1069 '6.97 ms' at screen 0.91466,0.22846 left textcolor rgb "#1a1a1a"
set arrow 1070 from screen 0.02273,0.21301 to screen 0.97727,0.21301 nohead lw 0.8 lc rgb "#d0d0d0"
set label 1071 'slurm-multi' at screen 0.02273,0.19919 left textcolor rgb "#1a1a1a"
set label 1072 'create' at screen 0.22943,0.17967 right textcolor rgb "#333333"
set label 1073 '9.51 ms' at screen 0.91466,0.17967 left textcolor rgb "#1a1a1a"
set label 1074 'scheduled' at screen 0.22943,0.16016 right textcolor rgb "#333333"
set label 1075 '434 ms' at screen 0.91466,0.16016 left textcolor rgb "#1a1a1a"
set label 1076 'started' at screen 0.22943,0.14065 right textcolor rgb "#333333"
set label 1077 '50.3 ms' at screen 0.91466,0.14065 left textcolor rgb "#1a1a1a"
set label 1078 'healthy' at screen 0.22943,0.12114 right textcolor rgb "#333333"
set label 1079 '359 µs' at screen 0.91466,0.12114 left textcolor rgb "#1a1a1a"
set label 1080 'first reset' at screen 0.22943,0.10163 right textcolor rgb "#333333"
set label 1081 '1.31 ms' at screen 0.91466,0.10163 left textcolor rgb "#1a1a1a"
set label 1082 'until the first session' at screen 0.22943,0.08211 right textcolor rgb "#333333"
set label 1083 '575 ms' at screen 0.91466,0.08211 left textcolor rgb "#1a1a1a"
set label 1084 'stop' at screen 0.22943,0.06260 right textcolor rgb "#333333"
set label 1085 '138 ms' at screen 0.91466,0.06260 left textcolor rgb "#1a1a1a"
plot table index 7 using 2:1 with points pt 7 ps 0.7 lc rgb "#600072B2" notitle, \
    table index 0 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#0072B2" notitle, \
    table index 8 using 2:1 with points pt 7 ps 0.7 lc rgb "#60D55E00" notitle, \
    table index 1 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#D55E00" notitle, \
    table index 9 using 2:1 with points pt 7 ps 0.7 lc rgb "#60009E73" notitle, \
    table index 2 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#009E73" notitle, \
    table index 10 using 2:1 with points pt 7 ps 0.7 lc rgb "#60CC79A7" notitle, \
    table index 3 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#CC79A7" notitle, \
    table index 11 using 2:1 with points pt 7 ps 0.7 lc rgb "#60E69F00" notitle, \
    table index 4 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#E69F00" notitle, \
    table index 12 using 2:1 with points pt 7 ps 0.7 lc rgb "#6056B4E9" notitle, \
    table index 5 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#56B4E9" notitle, \
    table index 13 using 2:1 with points pt 7 ps 0.7 lc rgb "#60000000" notitle, \
    table index 6 using 2:($1-9):(0):(18) with vectors nohead lw 3 lc rgb "#000000" notitle
unset multiplot
unset output
}
