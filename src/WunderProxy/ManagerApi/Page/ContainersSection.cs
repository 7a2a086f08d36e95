namespace WunderProxy.ManagerApi.Page;

/// <summary>The containers of the application; a launched or draining one can be switched to.</summary>
internal static class ContainersSection
{
    public static Html? Write(PageModel model)
    {
        if (!model.HasContainers)
        {
            return null;
        }

        var table = new PageTable("Containers", "Revision", "State", "Health", "Container", "Address", "Switch");
        foreach (var container in model.Containers)
        {
            table.Row(
                container.State == "current",
                Html.Of($"<span class=name title=\"{container.Hash}\">{ShortName.Of(container.Revision)}</span>"),
                Html.Of($"{container.State}"),
                Html.Of($"{container.Health}"),
                Html.Of($"<span title=\"{container.Name}\">{ShortId.Of(container.Id)}</span>"),
                model.Told(container.Address),
                model.MayAct && container.State is "launched" or "draining"
                    ? new ActionButton(
                        "Switch", "switch", container.Hash, $"Switch to {ShortName.Of(container.Revision)}?", "The container runs already: one probe, then all new requests go there, at once. The history is not written.")
                    {
                        Subject = $"to {ShortName.Of(container.Revision)}",
                    }.Write()
                    : Html.Of($""));
        }

        return model.Containers.Count == 0
            ? Html.Of($"<h2>Containers</h2><p class=dim>None.</p>")
            : Html.Of($"<h2>Containers</h2><div class=scroll tabindex=0 role=group aria-label=\"List of containers\">{table.End()}</div>");
    }
}
