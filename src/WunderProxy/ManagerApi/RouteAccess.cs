namespace WunderProxy.ManagerApi;

/// <summary>Who may use a route.</summary>
internal enum RouteAccess
{
    /// <summary>It tells and changes nothing: anybody.</summary>
    Read,

    /// <summary>It changes something, or shows secrets: as <see cref="AccessRules"/> says.</summary>
    Change,
}
