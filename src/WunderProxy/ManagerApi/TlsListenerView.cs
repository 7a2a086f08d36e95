using WunderProxy.Configuration;
using WunderProxy.Forwarding.Listeners;

namespace WunderProxy.ManagerApi;

/// <summary>A listener where TLS is spoken, or that sends its clients there.</summary>
/// <param name="Use"><c>proxy</c>, <c>redirect</c> (plain HTTP that is redirected to https), <c>api</c> or <c>status</c>.</param>
/// <param name="Address">The address that the listener is bound to.</param>
internal sealed record TlsListenerView(string Use, string Address)
{
    /// <summary>Describes those of a process's listeners that have to do with TLS, the proxy's first.</summary>
    public static IReadOnlyList<TlsListenerView> Of(IEnumerable<Listener> listeners) =>
    [
        .. listeners.Where(listener => listener.SpeaksTls || listener.Kind == ListenerKind.Redirect)
            .OrderBy(listener => listener.Kind)
            .Select(listener => new TlsListenerView(WordOf(listener.Kind), SocketAddressText.Format(listener.EndPoint))),
    ];

    private static string WordOf(ListenerKind kind) => kind switch
    {
        ListenerKind.Redirect => "redirect",
        ListenerKind.Api => "api",
        ListenerKind.Status => "status",
        _ => "proxy",
    };
}
