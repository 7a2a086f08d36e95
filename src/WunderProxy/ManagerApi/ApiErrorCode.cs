namespace WunderProxy.ManagerApi;

/// <summary>Codes of errors that the API itself answers; those of the domain are in <c>DeploymentErrorCode</c>.</summary>
internal static class ApiErrorCode
{
    /// <summary>400: <c>?guard=</c> is no duration.</summary>
    public const string BadGuard = "bad_guard";

    /// <summary>400: <c>?by=</c> is too long or not printable.</summary>
    public const string BadBy = "bad_by";

    /// <summary>401: a token is configured, and it is missing or wrong.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>403: no token is configured and this caller may not, or a page of another origin calls.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>404: no route has that path.</summary>
    public const string UnknownPath = "unknown_path";

    /// <summary>405: another method would do.</summary>
    public const string WrongMethod = "wrong_method";

    /// <summary>413: the body is over 1 MiB.</summary>
    public const string BodyTooLarge = "body_too_large";

    /// <summary>408: the body did not come in time.</summary>
    public const string BodyTooSlow = "body_too_slow";

    /// <summary>429: so many wrong tokens came that this one is not even answered late.</summary>
    public const string TooManyGuesses = "too_many_guesses";

    /// <summary>503: too many calls wait, or too many connections come from this caller's address.</summary>
    public const string Overloaded = "overloaded";

    /// <summary>500: a fault of ours.</summary>
    public const string Internal = "internal";
}
