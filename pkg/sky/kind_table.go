package sky

// kindScores are the logarithms of the kinds' odds, up to what they share.
func kindScores(signs [kindSignCount]float64) (scores [4]float64) {
	for k, row := range kindTable {
		scores[k] = row[kindSignCount]
		for i, v := range signs {
			scores[k] += row[i] * v
		}
	}
	return scores
}

var kindTable = [4][kindSignCount + 1]float64{}
