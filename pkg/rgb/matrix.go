package rgb

// Matrix is a matrix, row by row.
type Matrix [3][3]float64

// Diagonal returns the matrix that scales each channel by its own number.
func Diagonal(d [3]float64) Matrix { return Matrix{{d[0], 0, 0}, {0, d[1], 0}, {0, 0, d[2]}} }

// Times returns the matrix that does b first, then a.
func (a Matrix) Times(b Matrix) (c Matrix) {
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				c[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return c
}

// Apply returns a·v.
func (a *Matrix) Apply(v [3]float64) [3]float64 {
	return [3]float64{
		a[0][0]*v[0] + a[0][1]*v[1] + a[0][2]*v[2],
		a[1][0]*v[0] + a[1][1]*v[1] + a[1][2]*v[2],
		a[2][0]*v[0] + a[2][1]*v[1] + a[2][2]*v[2],
	}
}

// Inverse returns the matrix that undoes a. One that cannot be undone has an
// inverse of infinities and NaN.
func (a Matrix) Inverse() (b Matrix) {
	cofactor := func(i, j int) float64 {
		r, s, c, d := (i+1)%3, (i+2)%3, (j+1)%3, (j+2)%3
		return a[r][c]*a[s][d] - a[r][d]*a[s][c]
	}
	det := a[0][0]*cofactor(0, 0) + a[0][1]*cofactor(0, 1) + a[0][2]*cofactor(0, 2)
	for i := range 3 {
		for j := range 3 {
			b[j][i] = cofactor(i, j) / det
		}
	}
	return b
}
