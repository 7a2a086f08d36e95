using WunderProxy.Deployments.Acme.Protocol;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Acme;

/// <summary>Says what is wrong with the certificates: orders that failed, certificates that expire, a clock that is off.</summary>
/// <param name="notices">Takes the warnings.</param>
/// <param name="clock">For judging validity.</param>
internal sealed class CertificateWarnings(NoticeBoard notices, TimeProvider clock)
{
    /// <summary>Difference between two clocks that is no reason for a warning.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private const string ClockTopic = "acme-clock";

    /// <summary>Warns that no certificate could be had for a host, and notes the reason for the views of the host.</summary>
    /// <param name="host">The host, whose next order is planned.</param>
    /// <param name="exception">The failure.</param>
    public void Fail(ManagedHost host, Exception exception)
    {
        var (message, quoted) = exception switch
        {
            AcmeException acme => (acme.Message, acme.Quoted),
            StateUnwritableException => ("the state directory cannot be written", exception.Message),
            ObjectStoreException => ("the store failed", AcmeProblem.Clean(exception.Message)),
            _ => ("a fault of this program, which the log describes", null),
        };
        host.PublicError = message;
        host.LastError = quoted is null ? message : $"{message}: {quoted}";
        var inUse = host.Certificate is { } certificate ? $"the one in use is valid until {certificate.NotAfter:u}" : "there is none yet";
        notices.Warn(
            TopicOf(host),
            $"no new certificate for {host.Name} ({inUse}; next try at {host.NextOrder:u}): {message}",
            quoted);
    }

    /// <summary>Takes back the warning about orders that failed.</summary>
    public void Succeed(ManagedHost host) => notices.Warn(TopicOf(host), null);

    /// <summary>Warns of a certificate that has expired, is not valid yet, or has less than a sixth of its life left.</summary>
    public void JudgeValidity(ManagedHost host)
    {
        var topic = "acme-expiry-" + host.Name;
        var now = clock.GetUtcNow();
        var message = host.Certificate switch
        {
            null => null,
            { } certificate when certificate.NotAfter <= now => $"the certificate of {host.Name} expired on {certificate.NotAfter:u}",
            { } certificate when certificate.NotBefore > now + ClockTolerance =>
                $"the certificate of {host.Name} is valid only from {certificate.NotBefore:u}: is the clock of this machine right?",
            { } certificate when certificate.NotAfter - now < (certificate.NotAfter - certificate.NotBefore) / 6 =>
                $"the certificate of {host.Name} expires on {certificate.NotAfter:u} and could not be renewed yet",
            _ => null,
        };
        notices.Warn(topic, message);
    }

    /// <summary>Warns when the clock of this machine and that of the server differ.</summary>
    /// <param name="serverAhead">How far the server's clock is ahead of ours; null if unknown.</param>
    public void JudgeClock(TimeSpan? serverAhead)
    {
        var isOff = serverAhead is { } difference && difference.Duration() > ClockTolerance;
        notices.Warn(
            ClockTopic,
            isOff
                ? $"the clock of this machine differs from the ACME server's by {Math.Round(serverAhead!.Value.Duration().TotalMinutes)} min; certificates may seem invalid"
                : null);
    }

    private static string TopicOf(ManagedHost host) => "acme-order-" + host.Name;
}
