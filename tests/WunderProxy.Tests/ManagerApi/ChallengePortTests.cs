using System.Net;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.ManagerApi;

[Parallelizable]
internal sealed class ChallengePortTests
{
    [TestCase(ListenerKind.Proxy)]
    [TestCase(ListenerKind.Redirect)]
    [TestCase(ListenerKind.Tls)]
    public async Task Listener_on_another_port_is_warned_about_with_what_to_do(ListenerKind kind)
    {
        await using var listeners = ListenerSet.Bind([new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), kind)]);

        Assert.That(
            ChallengePort.WarningOf(listeners.All),
            Does.Contain("port 80").And.Contain("--tls-redirect 0.0.0.0:80").And.Contain("--proxy 0.0.0.0:80"));
    }

    [TestCase(ListenerKind.Proxy, true)]
    [TestCase(ListenerKind.Redirect, true)]
    [TestCase(ListenerKind.Tls, false)]
    [TestCase(ListenerKind.Api, false)]
    [TestCase(ListenerKind.Status, false)]
    public void Only_plain_listeners_of_the_proxy_answer_challenges(ListenerKind kind, bool answers) =>
        Assert.That(ChallengePort.Answers(kind, new IPEndPoint(IPAddress.Any, 80)), Is.EqualTo(answers));
}
