namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The result of forwarding an exchange.</summary>
/// <param name="Error">What went wrong, if anything.</param>
/// <param name="Side">The side that caused the result.</param>
internal readonly record struct ForwardResult(ForwardError Error, Side Side)
{
    /// <summary>The result of an exchange that completed.</summary>
    public static ForwardResult Success => default;

    /// <summary>Whether the exchange completed.</summary>
    public bool IsSuccess => Error == ForwardError.None;

    /// <summary>Creates the result for an error, with the side to which the error belongs.</summary>
    public static ForwardResult Of(ForwardError error) => new(error, SideOf(error));

    private static Side SideOf(ForwardError error) => error switch
    {
        ForwardError.None => Side.None,
        ForwardError.ConnectRefused or ForwardError.ConnectTimeout or ForwardError.UpstreamClosed
            or ForwardError.BadResponse or ForwardError.ResponseHeadTooLarge or ForwardError.UnaskedUpgrade
            or ForwardError.ResponseTimeout or ForwardError.ResponseIncomplete => Side.Upstream,
        ForwardError.HeaderTimeout or ForwardError.RequestBodyTimeout or ForwardError.ResponseStalled
            or ForwardError.BadRequestBody or ForwardError.RequestTooLarge or ForwardError.ClientGone or ForwardError.Rejected
            or ForwardError.TraceWithBody or ForwardError.TunnelBroken => Side.Downstream,
        _ => Side.Proxy,
    };
}
