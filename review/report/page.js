const filter = document.getElementById("filter");
if (filter) {
  const rows = [...document.querySelectorAll("#findings tbody tr")];
  const apply = () => {
    const severities = [...filter.querySelectorAll(":checked")].map((box) => box.value);
    const words = filter.querySelector("[type=search]").value.toLowerCase().split(/\s+/);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden =
        !severities.includes(row.cells[0].textContent) ||
        !words.every((word) => text.includes(word));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    filter.querySelector("output").textContent = `${shown} of ${rows.length} shown`;
  };
  filter.hidden = false;
  filter.addEventListener("input", apply);
  apply();
}
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
});
