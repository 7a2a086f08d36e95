namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>Makes answers to challenges known wherever the authority may ask.</summary>
internal interface IChallengeAnswers
{
    /// <summary>Publishes an answer; on return every instance can give it.</summary>
    Task PublishAsync(string token, string answer, CancellationToken cancellationToken);

    /// <summary>Withdraws an answer; never fails.</summary>
    Task WithdrawAsync(string token);
}
