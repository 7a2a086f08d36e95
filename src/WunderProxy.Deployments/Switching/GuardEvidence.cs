namespace WunderProxy.Deployments.Switching;

/// <summary>Evidence that a new upstream is clearly worse than the previous one.</summary>
/// <param name="Reason">One of the constants of this type.</param>
/// <param name="Text">The evidence in words and numbers.</param>
internal sealed record GuardEvidence(string Reason, string Text)
{
    /// <summary>The new container died or was restarted.</summary>
    public const string Died = "died";

    /// <summary>The new upstream answers with errors clearly more often.</summary>
    public const string Errors = "errors";

    /// <summary>The new upstream stays clearly slower.</summary>
    public const string Slow = "slow";
}
