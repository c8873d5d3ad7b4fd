// Each value gets a button that copies it. Without scripts a click selects it.
for (const value of document.querySelectorAll("code.copy")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy " + value.textContent);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(value.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(value);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  value.before(button);
}
