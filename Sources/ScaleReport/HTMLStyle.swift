/// How a report looks: dark on white, in the reader's own fonts, legible on a narrow screen and on paper. What is
/// invalid is struck out, grey and named, so that it never depends on a colour.
enum HTMLStyle {
    static let sheet = """
        :root { color-scheme: light; }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: #fff; color: #1a1a1a; line-height: 1.55;
          font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; }
        main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
        h1, h2, h3 { line-height: 1.25; overflow-wrap: anywhere; }
        h1 { font-size: 1.8rem; margin: .5rem 0 1rem; }
        h2 { font-size: 1.3rem; margin: 2.6rem 0 .8rem; padding-top: .7rem; border-top: 1px solid #d5d8dc; }
        h3 { font-size: 1.05rem; margin: 1.8rem 0 .6rem; }
        p, li { max-width: 52rem; overflow-wrap: anywhere; }
        ul { padding-left: 1.3rem; }
        li { margin: .4rem 0; }
        a { color: #0b5394; }
        nav { font-size: .92rem; margin: 0 0 1.4rem; }
        nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; padding: 0; margin: 0; max-width: none; }
        nav li { margin: 0; }
        code { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, "Liberation Mono", monospace; font-size: .9em;
          background: #f2f4f6; border-radius: 3px; padding: .08em .3em; }
        pre { background: #f2f4f6; border-radius: 5px; padding: .8rem 1rem; overflow-x: auto; max-width: 100%; }
        pre code { background: none; padding: 0; }
        .table { overflow-x: auto; max-width: 100%; margin: .8rem 0 1.3rem; }
        table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
        th, td { padding: .34rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid #e4e7ea; }
        th { vertical-align: bottom; background: #f7f8f9; border-bottom: 2px solid #b9c0c7; font-weight: 600; min-width: 3.2rem; }
        td { max-width: 32rem; overflow-wrap: break-word; }
        .short { white-space: nowrap; }
        td:first-child { min-width: 4.5rem; }
        .n { text-align: right; }
        td.n { white-space: nowrap; }
        tbody tr:hover { background: #f7f9fb; }
        tr.invalid td { color: #6b6f74; background: #f4f4f4; }
        figure { margin: 1.2rem 0 1.8rem; overflow-x: auto; max-width: 100%; }
        figure svg { display: block; width: 100%; min-width: 40rem; max-width: 880px; height: auto; }
        figcaption { position: sticky; left: 0; font-size: .85rem; color: #55595e; margin-top: .3rem; }
        :focus-visible { outline: 2px solid #0b5394; outline-offset: 2px; }
        @media (max-width: 40rem) {
          main { padding: 1rem .9rem 3rem; }
          h1 { font-size: 1.45rem; }
        }
        @page { margin: 12mm; }
        @media print {
          main { max-width: none; padding: 0; }
          nav { display: none; }
          a { color: inherit; text-decoration: none; }
          .table, figure { overflow: visible; }
          table { font-size: 8pt; }
          th, td { padding: 2pt 4pt; }
          td.n, .short { white-space: normal; }
          th, td:first-child { min-width: 0 !important; }
          figure svg { min-width: 0; }
          h2, h3 { break-after: avoid; }
          tr, figure, pre { break-inside: avoid; }
          pre { white-space: pre-wrap; }
        }
        """
}
