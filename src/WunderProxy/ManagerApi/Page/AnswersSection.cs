namespace WunderProxy.ManagerApi.Page;

/// <summary>Answers by status code since the switch, with what was received and sent.</summary>
internal static class AnswersSection
{
    public static Html Write(PageModel model)
    {
        var status = model.Status;
        var table = new PageTable("Answers by code", "Code", "#Count", "#Share");
        foreach (var (code, count) in status.StatusCodes.Codes.OrderBy(pair => pair.Key))
        {
            table.Row($"{code}", Wording.Count(count), Wording.Share((double)count / Math.Max(1, status.Requests)));
        }

        return Html.Of(
            $"<h2>Answers since the switch</h2><p>{Wording.Count(status.Requests, "request")}, {Wording.Size(status.Bytes.In)} received, {Wording.Size(status.Bytes.Out)} sent.</p><div class=scroll tabindex=0 role=group aria-label=\"Answers\">{table.End()}</div>");
    }
}
