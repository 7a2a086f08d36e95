namespace WunderProxy.ManagerApi.Page;

/// <summary>The warnings of the service, in words.</summary>
internal static class WarningsSection
{
    public static Html Write(PageModel model)
    {
        var warnings = model.Facts.Warnings;
        var html = Html.Of($"<h2>Warnings</h2>");
        if (warnings.Count == 0)
        {
            return html.Add($"<p class=dim>None.</p>");
        }

        html.Add($"<div class=scroll tabindex=0 role=group aria-label=\"List of warnings\"><ul class=warnings>");
        foreach (var warning in warnings)
        {
            html.Add($"<li>{Tone.Warning.Sign()}<span>{Wording.Sentence(warning)}</span></li>");
        }

        return html.Add($"</ul></div>");
    }
}
