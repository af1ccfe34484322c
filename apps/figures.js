// A figure's picture as PNG: its SVG, whose link stands beside the button, drawn twice as large.
(() => {
  const SCALE = 2;

  function save(link) {
    const picture = new Image();
    picture.addEventListener("load", () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [picture.width * SCALE, picture.height * SCALE];
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const saved = document.createElement("a");
      saved.download = link.download.replace(/svg$/, "png");
      saved.href = canvas.toDataURL("image/png");
      saved.click();
    });
    picture.src = link.href;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.as-png");
    if (button) save(button.parentElement.querySelector('a[download$=".svg"]'));
  });
})();
