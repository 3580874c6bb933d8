// In ES5, for every browser: explains why the page can't start, because the browser is too old or because the
// page's scripts could not be loaded.
(function () {
  var BROWSERS = "Chrome or Edge 111, Firefox 115, Safari 16.4 (iPhone and iPad: iOS 16.4), or newer";
  var START_TIMEOUT_MS = 4000;
  var isOld = !("noModule" in document.createElement("script")) || !Array.prototype.toSorted;

  function makeCard(title, text) {
    var page = document.createElement("div");
    page.className = "page";
    page.setAttribute("role", "alert");
    page.innerHTML = '<div class="card"><h1></h1><p></p><p></p></div>';
    var parts = page.firstChild.childNodes;
    parts[0].appendChild(document.createTextNode(title));
    parts[1].appendChild(document.createTextNode(text));
    parts[2].appendChild(document.createTextNode("It works in " + BROWSERS + "."));
    return page;
  }

  function check() {
    var root = document.getElementById("root");
    if (root.firstChild && !isOld) return;
    if (root.firstChild) {
      var advice = "This page may not work well in it. Please update it, or open the same link in another one.";
      document.body.insertBefore(makeCard("Your browser is old", advice), root);
    } else if (isOld) {
      var update = "Please update your browser, or open the same link in another one.";
      root.appendChild(makeCard("This page needs a newer browser", update));
    } else {
      var reload = "Please reload it. If that does not help, try another browser.";
      root.appendChild(makeCard("This page could not be started", reload));
    }
  }

  window.onload = function () {
    setTimeout(check, START_TIMEOUT_MS);
  };
})();
