"""A stand-in for the browser's page translator."""

from playwright.sync_api import Page

# Like Chromium's: it replaces each text node, also ones added later, by a <font> with the translation.
# A script that keeps writing to the old node changes nothing that is visible.
_TRANSLATE = """() => {
    const done = new WeakSet();
    const left = new Set(["SCRIPT", "STYLE", "TEXTAREA", "TITLE", "FONT"]);
    function translate(text) {
        const parent = text.parentNode;
        if (done.has(text) || !parent || !text.nodeValue.trim() || left.has(parent.nodeName)) return;
        const [outer, inner] = [document.createElement("font"), document.createElement("font")];
        const translation = document.createTextNode(`«${text.nodeValue}»`);
        done.add(translation);
        inner.append(translation);
        outer.append(inner);
        parent.replaceChild(outer, text);
    }
    function translateAll(root) {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        const texts = [];
        while (walker.nextNode()) texts.push(walker.currentNode);
        texts.forEach(translate);
    }
    translateAll(document.body);
    new MutationObserver((records) => {
        for (const node of records.flatMap(({ addedNodes }) => [...addedNodes])) {
            if (node.nodeType === Node.TEXT_NODE) translate(node);
            else if (node.nodeName !== "FONT") translateAll(node);
        }
    }).observe(document.body, { childList: true, subtree: true });
}"""


def translate(page: Page) -> None:
    """Put all text of the page, present and future, into «guillemets» as its "translation"."""
    page.evaluate(_TRANSLATE)
