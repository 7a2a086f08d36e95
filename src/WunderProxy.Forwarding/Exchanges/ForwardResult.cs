namespace WunderProxy.Forwarding.Exchanges;

/// <summary>How forwarding ended.</summary>
/// <param name="Error">What went wrong.</param>
/// <param name="Side">Whose doing it was.</param>
internal readonly record struct ForwardResult(ForwardError Error, Side Side)
{
    /// <summary>It completed.</summary>
    public static ForwardResult Success => default;

    /// <summary>Whether it completed.</summary>
    public bool IsSuccess => Error == ForwardError.None;

    /// <summary>The result for an error, with the side that each belongs to.</summary>
    public static ForwardResult Of(ForwardError error) => new(error, SideOf(error));

    private static Side SideOf(ForwardError error) => error switch
    {
        ForwardError.None => Side.None,
        ForwardError.ConnectRefused or ForwardError.ConnectTimeout or ForwardError.UpstreamClosed
            or ForwardError.BadResponse or ForwardError.ResponseHeadTooLarge or ForwardError.UnaskedUpgrade
            or ForwardError.ResponseTimeout or ForwardError.ResponseIncomplete => Side.Upstream,
        ForwardError.HeaderTimeout or ForwardError.RequestBodyTimeout or ForwardError.ResponseStalled
            or ForwardError.BadRequestBody or ForwardError.ClientGone or ForwardError.Rejected
            or ForwardError.TraceWithBody or ForwardError.TunnelBroken => Side.Downstream,
        _ => Side.Proxy,
    };
}
