namespace WunderProxy.ManagerApi;

/// <summary>The rights that a caller needs for a route.</summary>
internal enum RouteAccess
{
    /// <summary>The route changes nothing and reveals no secrets; everybody may call it.</summary>
    Read,

    /// <summary>The route makes changes or shows secrets; <see cref="AccessRules"/> decides.</summary>
    Change,
}
