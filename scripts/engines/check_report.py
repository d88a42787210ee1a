"""Opens an HTML report from its file in a headless Chromium without a network, on a wide and on a narrow screen.

usage: check_report.py BROWSER REPORT.html [PICTURES]

Prints every problem on a line of its own and ends with 1 where there is one. With PICTURES it leaves a picture of each
screen in that folder.
"""

import pathlib
import sys

from playwright.sync_api import sync_playwright

WIDTHS = (1280, 400)

# What is wrong with the page as it is laid out, as a list of sentences.
LAYOUT = """() => {
    const said = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) said.push(`the page is ${root.scrollWidth} wide on ${root.clientWidth}`);
    const seen = (node, least, what) => {
        const box = node.getBoundingClientRect();
        if (box.width < least || box.height < least) said.push(`${what} is ${box.width} by ${box.height}`);
        if (!node.checkVisibility()) said.push(`${what} is not visible`);
    };
    const tables = [...document.querySelectorAll('table')];
    if (tables.length === 0) said.push('there is no table');
    tables.forEach((table, i) => {
        seen(table, 20, `table ${i + 1}`);
        table.querySelectorAll('td').forEach(cell => seen(cell, 1, `a cell of table ${i + 1}`));
    });
    const charts = [...document.querySelectorAll('figure svg')];
    if (charts.length === 0) said.push('there is no chart');
    charts.forEach(chart => {
        const name = chart.querySelector('title')?.textContent || 'a chart without a title';
        seen(chart, 100, name);
        const drawn = chart.querySelector('g')?.getBBox();
        if (!drawn || drawn.width < 100 || drawn.height < 100) said.push(`${name} has nothing in it`);
    });
    for (const link of document.querySelectorAll('a[href^="#"]')) {
        if (!document.getElementById(link.getAttribute('href').slice(1))) said.push(`${link.href} leads nowhere`);
    }
    return said;
}"""


def problems(browser, report, width, pictures):
    found = []
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    page.on("request", lambda each: each.url != report.as_uri() and found.append(f"asks for {each.url}"))
    page.on("console", lambda each: each.type in ("error", "warning") and found.append(f"console: {each.text}"))
    page.on("pageerror", lambda error: found.append(f"error: {error}"))
    page.goto(report.as_uri(), wait_until="load")
    found += page.evaluate(LAYOUT)
    if pictures:
        page.screenshot(path=pictures / f"report-{width}.png", full_page=True)
    context.close()
    return [f"{width} pixels: {each}" for each in found]


def main(program, report, pictures=None):
    report = pathlib.Path(report).resolve()
    pictures = pictures and pathlib.Path(pictures)
    with sync_playwright() as playwright:
        # Root may not use the sandbox, and the page is our own.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        found = [each for width in WIDTHS for each in problems(browser, report, width, pictures)]
        browser.close()
    print("\n".join(found))
    return 1 if found else 0


sys.exit(main(*sys.argv[1:]))
