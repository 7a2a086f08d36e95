namespace WunderProxy.ManagerApi;

/// <summary>Error codes of the API itself; those of deployments are in <c>DeploymentErrorCode</c>.</summary>
internal static class ApiErrorCode
{
    /// <summary>400: <c>?guard=</c> is not a duration.</summary>
    public const string BadGuard = "bad_guard";

    /// <summary>400: <c>?by=</c> is too long or not printable.</summary>
    public const string BadBy = "bad_by";

    /// <summary>400: <c>?what=</c> of <c>/explain</c> names nothing that can be explained.</summary>
    public const string BadWhat = "bad_what";

    /// <summary>400: <c>?view=</c> names no view of the live stream.</summary>
    public const string BadView = "bad_view";

    /// <summary>401: a token is configured, and the call has none or a wrong one.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>403: no token is configured and the caller has no rights, or a page of another origin calls.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>404: no route has this path.</summary>
    public const string UnknownPath = "unknown_path";

    /// <summary>405: the path has routes for other methods only.</summary>
    public const string WrongMethod = "wrong_method";

    /// <summary>413: the body is larger than 1 MiB.</summary>
    public const string BodyTooLarge = "body_too_large";

    /// <summary>408: the body did not arrive in time.</summary>
    public const string BodyTooSlow = "body_too_slow";

    /// <summary>429: so many wrong tokens arrive that this one is not even answered late.</summary>
    public const string TooManyGuesses = "too_many_guesses";

    /// <summary>503: too many calls wait, or too many connections come from the caller's address.</summary>
    public const string Overloaded = "overloaded";

    /// <summary>500: the call failed because of an internal error.</summary>
    public const string Internal = "internal";
}
